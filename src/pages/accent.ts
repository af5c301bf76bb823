type Rgb = readonly [number, number, number]

const WHITE: Rgb = [255, 255, 255]
/** `--surface` of the dark theme in `views/assets/pages.css`. */
const DARK_SURFACE: Rgb = [30, 24, 41]

const HEX = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i

const parse = (hex: string): Rgb | undefined => {
  const parts = HEX.exec(hex)
    ?.slice(1)
    .map(part => Number.parseInt(part, 16))
  return parts === undefined ? undefined : (parts as unknown as Rgb)
}

const toHex = (rgb: Rgb): string => `#${rgb.map(part => Math.round(part).toString(16).padStart(2, '0')).join('')}`

/** `share` of `b` in `a`, 0 to 1. */
const mix = (a: Rgb, b: Rgb, share: number): Rgb =>
  [0, 1, 2].map(i => (a[i] ?? 0) * (1 - share) + (b[i] ?? 0) * share) as unknown as Rgb

/** Relative luminance, 0 to 1 (WCAG 2.2). */
const luminance = (rgb: Rgb): number => {
  const [red, green, blue] = rgb.map(part => {
    const value = part / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }) as unknown as Rgb
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

const contrast = (a: Rgb, b: Rgb): number => {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

/** The contrast of two colours `#rrggbb`, 1 to 21 (WCAG 2.2, 1.4.3); NaN for anything that is no such colour. */
export const contrastRatio = (a: string, b: string): number => {
  const [one, other] = [parse(a), parse(b)]
  return one === undefined || other === undefined ? Number.NaN : contrast(one, other)
}

/** An app's accent colour is `#rrggbb` with at least 4.5:1 on white, as text on it and in it must be (WCAG 2.2, 1.4.3). */
export const isUsableAccent = (accent: string): boolean => {
  const rgb = parse(accent)
  return rgb !== undefined && contrast(rgb, WHITE) >= 4.5
}

/** The least mixture with white that can be read on the dark theme. */
const onDark = (accent: Rgb): Rgb => {
  const shares = Array.from({ length: 21 }, (_, step) => step / 20)
  return shares.map(share => mix(accent, WHITE, share)).find(tint => contrast(tint, DARK_SURFACE) >= 6) ?? WHITE
}

/** The custom properties of `pages.css` that an app's accent colour replaces; nothing for a colour we cannot use. */
export const accentStyles = (accent: string): string => {
  const rgb = parse(accent)
  if (rgb === undefined || !isUsableAccent(accent)) return ''
  const light = `:root{--accent:${toHex(rgb)};--tint:${toHex(mix(rgb, WHITE, 0.9))}}`
  const dark = `:root{--accent:${toHex(onDark(rgb))};--tint:${toHex(mix(DARK_SURFACE, rgb, 0.25))}}`
  return `\n${light}@media (prefers-color-scheme:dark){${dark}}\n`
}
