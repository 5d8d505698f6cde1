const LONGEST_PX = 1600;
const QUALITY = 0.85;

/**
 * The photo as it will be kept: small enough for a weak line, and a JPEG whatever the camera makes.
 *
 * A file that this browser cannot read stays as it is; the server says what it thinks of it.
 */
export async function smallPhoto(photo: File): Promise<File> {
  try {
    const picture = await createImageBitmap(photo);
    const scale = Math.min(1, LONGEST_PX / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(picture.width * scale));
    canvas.height = Math.max(1, Math.round(picture.height * scale));
    canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const small = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
    return small === null ? photo : new File([small], photo.name.replace(/\.\w+$/, "") + ".jpg", { type: small.type, lastModified: photo.lastModified });
  } catch {
    return photo;
  }
}

/** A photo as text for a JSON body. */
export function photoData(photo: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result as string);
    reader.onerror = () => reject(reader.error ?? new Error("The photo cannot be read."));
    reader.readAsDataURL(photo);
  });
}
