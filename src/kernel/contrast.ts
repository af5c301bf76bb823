/** Red, green and blue, 0 to 255. */
export type Rgb = readonly [number, number, number]

const HEX = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i

/** Reads `#rrggbb`; undefined for anything else. */
export const parseColour = (hex: string): Rgb | undefined => {
  const parts = HEX.exec(hex)
    ?.slice(1)
    .map(part => Number.parseInt(part, 16))
  return parts === undefined ? undefined : (parts as unknown as Rgb)
}

/** Relative luminance, 0 to 1 (WCAG 2.2). */
const luminance = (rgb: Rgb): number => {
  const [red, green, blue] = rgb.map(part => {
    const value = part / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }) as unknown as Rgb
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/** The contrast of two colours, 1 to 21 (WCAG 2.2, 1.4.3). */
export const contrast = (a: Rgb, b: Rgb): number => {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

const WHITE: Rgb = [255, 255, 255]

/** Text in the colour on white, and white text on it, need this much (WCAG 2.2, 1.4.3, AA). */
const LEAST = 4.5

/**
 * What is wrong with an app's accent colour, or undefined: it is `#rrggbb` with at least 4.5:1 to white. The dark theme
 * lightens it by itself.
 */
export const accentProblem = (accent: string): string | undefined => {
  const rgb = parseColour(accent)
  if (rgb === undefined) return 'must be a colour such as #5c2d91'
  const ratio = contrast(rgb, WHITE)
  // Rounded down: 4.4996 is too little and must not read as 4.50.
  const told = (Math.floor(ratio * 100) / 100).toFixed(2)
  return ratio >= LEAST
    ? undefined
    : `has a contrast of ${told}:1 to white, but text needs 4.5:1: choose a darker colour`
}
