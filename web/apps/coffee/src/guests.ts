/** The first part of the path of each page that needs no account; they have a document of their own. */
export const GUESTS = ["menu", "o", "g", "phone-simulator"] as const;
