/** The smallest CIEDE2000 distance between two enabled milks, and the smallest contrast of a text (rule 21), as the server holds them. */
export const CLOSEST = 15;
export const LEAST_CONTRAST = 4.5;

export const isColour = (text: string): boolean => /^#[0-9a-f]{6}$/i.test(text);

type Triple = readonly [number, number, number];

/** The light of red, green and blue, each from 0 to 1. */
function linear(colour: string): Triple {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return [red, green, blue];
}

function luminance(colour: string): number {
  const [red, green, blue] = linear(colour);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** The contrast of two colours, from 1 to 21 (WCAG 2.2). */
export function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

/** Black or white, whichever is read better on a colour. */
export function textOn(ground: string): string {
  return contrast("#ffffff", ground) > contrast("#000000", ground) ? "#ffffff" : "#000000";
}

function lab(colour: string): Triple {
  const [red, green, blue] = linear(colour);
  const f = (value: number): number => (value > 216 / 24389 ? Math.cbrt(value) : ((24389 / 27) * value + 16) / 116);
  const x = f((0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047);
  const y = f(0.2126729 * red + 0.7151522 * green + 0.072175 * blue);
  const z = f((0.0193339 * red + 0.119192 * green + 0.9503041 * blue) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

const rad = (degrees: number): number => (degrees * Math.PI) / 180;
const hueOf = (a: number, b: number): number => ((Math.atan2(b, a) * 180) / Math.PI + 360) % 360;

/** How far two colours are apart to the eye (CIEDE2000; names of Sharma, Wu and Dalal, 2005): 0 is alike, 2 is hardly told apart. */
export function distance(one: string, other: string): number {
  const [l1, a1, b1] = lab(one);
  const [l2, a2, b2] = lab(other);
  const c7 = ((Math.hypot(a1, b1) + Math.hypot(a2, b2)) / 2) ** 7;
  const g = 1.5 - 0.5 * Math.sqrt(c7 / (c7 + 25 ** 7));
  const [c1, c2] = [Math.hypot(g * a1, b1), Math.hypot(g * a2, b2)];
  const [h1, h2] = [hueOf(g * a1, b1), hueOf(g * a2, b2)];
  const isGrey = c1 * c2 === 0;
  const apart = Math.abs(h1 - h2);
  const turn = isGrey ? 0 : apart <= 180 ? h2 - h1 : h2 - h1 + (h2 > h1 ? -360 : 360);
  const hue = isGrey ? h1 + h2 : (h1 + h2) / 2 + (apart > 180 ? (h1 + h2 < 360 ? 180 : -180) : 0);
  const c = (c1 + c2) / 2;
  const l50 = ((l1 + l2) / 2 - 50) ** 2;
  const t = 1 - 0.17 * Math.cos(rad(hue - 30)) + 0.24 * Math.cos(rad(2 * hue)) + 0.32 * Math.cos(rad(3 * hue + 6)) - 0.2 * Math.cos(rad(4 * hue - 63));
  const light = (l2 - l1) / (1 + (0.015 * l50) / Math.sqrt(20 + l50));
  const chroma = (c2 - c1) / (1 + 0.045 * c);
  const tint = (2 * Math.sqrt(c1 * c2) * Math.sin(rad(turn / 2))) / (1 + 0.015 * c * t);
  const blue = -Math.sin(rad(60 * Math.exp(-(((hue - 275) / 25) ** 2)))) * 2 * Math.sqrt(c ** 7 / (c ** 7 + 25 ** 7));
  return Math.sqrt(Math.max(0, light ** 2 + chroma ** 2 + tint ** 2 + blue * chroma * tint));
}

export type Vision = "all" | "protan" | "deutan" | "tritan" | "grey";

/** How colours look to people who see fewer of them (Machado, Oliveira and Fernandes, 2009), as an SVG colour matrix of linear light. */
export const MATRICES: Readonly<Record<Exclude<Vision, "all">, string>> = {
  protan: "0.152286 1.052583 -0.204868 0 0  0.114503 0.786281 0.099216 0 0  -0.003882 -0.048116 1.051998 0 0  0 0 0 1 0",
  deutan: "0.367322 0.860646 -0.227968 0 0  0.280085 0.672501 0.047413 0 0  -0.011820 0.042940 0.968881 0 0  0 0 0 1 0",
  tritan: "1.255528 -0.076749 -0.178779 0 0  -0.078411 0.930809 0.147602 0 0  0.004733 0.691367 0.303900 0 0  0 0 0 1 0",
  grey: "0.2126 0.7152 0.0722 0 0  0.2126 0.7152 0.0722 0 0  0.2126 0.7152 0.0722 0 0  0 0 0 1 0",
};
