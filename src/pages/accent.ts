import { accentProblem, contrast, parseColour, type Rgb } from '#src/kernel/contrast.ts'

const WHITE: Rgb = [255, 255, 255]
/** `--surface` of the dark theme in `views/assets/pages.css`. */
const DARK_SURFACE: Rgb = [30, 24, 41]

const toHex = (rgb: Rgb): string => `#${rgb.map(part => Math.round(part).toString(16).padStart(2, '0')).join('')}`

/** `share` of `b` in `a`, 0 to 1. */
const mix = (a: Rgb, b: Rgb, share: number): Rgb =>
  [0, 1, 2].map(i => (a[i] ?? 0) * (1 - share) + (b[i] ?? 0) * share) as unknown as Rgb

/** The least mixture with white that can be read on the dark theme. */
const onDark = (accent: Rgb): Rgb => {
  const shares = Array.from({ length: 21 }, (_, step) => step / 20)
  return shares.map(share => mix(accent, WHITE, share)).find(tint => contrast(tint, DARK_SURFACE) >= 6) ?? WHITE
}

/** The custom properties of `pages.css` that an app's accent colour replaces; nothing for a colour we cannot use. */
export const accentStyles = (accent: string): string => {
  const rgb = parseColour(accent)
  if (rgb === undefined || accentProblem(accent) !== undefined) return ''
  const light = `:root{--accent:${toHex(rgb)};--tint:${toHex(mix(rgb, WHITE, 0.9))}}`
  const dark = `:root{--accent:${toHex(onDark(rgb))};--tint:${toHex(mix(DARK_SURFACE, rgb, 0.25))}}`
  return `\n${light}@media (prefers-color-scheme:dark){${dark}}\n`
}
