import { accentProblem, contrast, parseColour, type Rgb } from '#src/kernel/contrast.ts'

const WHITE: Rgb = [255, 255, 255]
/** `--surface` of the dark theme in `views/assets/pages.css`. */
const DARK_SURFACE: Rgb = [30, 24, 41]

const toHex = (rgb: Rgb): string => `#${rgb.map(part => Math.round(part).toString(16).padStart(2, '0')).join('')}`

/** `share` of `b` in `a`, 0 to 1. */
const mix = (a: Rgb, b: Rgb, share: number): Rgb =>
  [0, 1, 2].map(i => (a[i] ?? 0) * (1 - share) + (b[i] ?? 0) * share) as unknown as Rgb

/** Hue in degrees, saturation and lightness 0 to 1 (CSS Color 4, 7). */
const toHsl = (rgb: Rgb): readonly [number, number, number] => {
  const [red, green, blue] = rgb.map(part => part / 255) as unknown as Rgb
  const max = Math.max(red, green, blue)
  const min = Math.min(red, green, blue)
  const span = max - min
  const lightness = (max + min) / 2
  if (span === 0) return [0, 0, lightness]
  const saturation = span / (1 - Math.abs(2 * lightness - 1))
  const sector =
    max === red ? (green - blue) / span : max === green ? (blue - red) / span + 2 : (red - green) / span + 4
  return [(sector * 60 + 360) % 360, saturation, lightness]
}

const fromHsl = (hue: number, saturation: number, lightness: number): Rgb => {
  const reach = saturation * Math.min(lightness, 1 - lightness)
  const part = (offset: number): number => {
    const place = (offset + hue / 30) % 12
    return Math.round(255 * (lightness - reach * Math.max(-1, Math.min(place - 3, 9 - place, 1))))
  }
  return [part(0), part(8), part(4)]
}

/** Bright colours glare in the dark. */
const MOST_SATURATED = 0.65

/**
 * The same hue as light as it must be to be read on the dark theme. Mixing with white would do as well, but turns every
 * colour grey.
 */
const onDark = (accent: Rgb): Rgb => {
  const [hue, saturation, lightness] = toHsl(accent)
  const steps = Array.from({ length: 100 }, (_, step) => lightness + ((1 - lightness) * step) / 100)
  const tints = steps.map(step => fromHsl(hue, Math.min(saturation, MOST_SATURATED), step))
  return tints.find(tint => contrast(tint, DARK_SURFACE) >= 6.5) ?? WHITE
}

/** The custom properties of `pages.css` that an app's accent colour replaces; nothing for a colour we cannot use. */
export const accentStyles = (accent: string): string => {
  const rgb = parseColour(accent)
  if (rgb === undefined || accentProblem(accent) !== undefined) return ''
  const light = `:root{--accent:${toHex(rgb)};--tint:${toHex(mix(rgb, WHITE, 0.9))}}`
  const dark = `:root{--accent:${toHex(onDark(rgb))};--tint:${toHex(mix(DARK_SURFACE, rgb, 0.25))}}`
  return `\n${light}@media (prefers-color-scheme:dark){${dark}}\n`
}
