import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { accentProblem, contrast, parseColour } from '#src/kernel/contrast.ts'
import { accentStyles } from '#src/pages/accent.ts'
import { VIEWS_DIR } from './support.ts'

const css = readFileSync(join(VIEWS_DIR, 'assets', 'pages.css'), 'utf8')

/** NaN for anything that is no colour, so that no comparison passes. */
const contrastRatio = (a: string, b: string): number => {
  const [one, other] = [parseColour(a), parseColour(b)]
  return one === undefined || other === undefined ? Number.NaN : contrast(one, other)
}

/** The custom properties of the light and of the dark theme, in the order of the file. */
const themesOf = (text: string) =>
  [...text.matchAll(/:root\s*\{([^}]*)\}/g)].map(block =>
    Object.fromEntries(
      [...(block[1] ?? '').matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})/g)].map(([, name, hex]) => [name, hex]),
    ),
  )

const [light = {}, dark = {}] = themesOf(css)

/** Text 4.5:1 (WCAG 2.2, 1.4.3); borders of fields, icons and focus rings 3:1 (1.4.11). */
const PAIRS = [
  ['ink', 'surface', 4.5],
  ['ink', 'ground', 4.5],
  ['ink', 'tint', 4.5],
  ['ink', 'error-tint', 4.5],
  ['soft', 'surface', 4.5],
  ['soft', 'ground', 4.5],
  ['soft', 'glow', 4.5],
  ['brand', 'glow', 4.5],
  ['accent', 'surface', 4.5],
  ['on-accent', 'accent', 4.5],
  ['error', 'surface', 4.5],
  ['error', 'error-tint', 4.5],
  ['field', 'surface', 3],
  ['accent', 'tint', 3],
] as const

describe.each([
  ['light', light],
  ['dark', dark],
])('%s theme', (_, theme) => {
  test.each(PAIRS)('%s on %s is at least %d:1', (ink, paper, least) => {
    expect(contrastRatio(theme[ink] ?? '', theme[paper] ?? '')).toBeGreaterThanOrEqual(least)
  })
})

test("itsme's white on orange passes as large text only", () => {
  const ratio = contrastRatio('#ffffff', '#ff4612')
  expect(ratio).toBeGreaterThanOrEqual(3)
  expect(ratio).toBeLessThan(4.5)
  expect(css).toMatch(/\.itsme \{[^}]*font-size: max\(1\.25rem, 19px\);\s*font-weight: 700;/)
})

const colour = fc
  .tuple(fc.nat(255), fc.nat(255), fc.nat(255))
  .map(rgb => `#${rgb.map(part => part.toString(16).padStart(2, '0')).join('')}`)

test('whatever accent an app may have, it can be read in both themes', () => {
  fc.assert(
    fc.property(
      colour.filter(accent => accentProblem(accent) === undefined),
      accent => {
        const themes = themesOf(accentStyles(accent))
        expect(themes).toHaveLength(2)
        for (const [base, own] of [
          [light, themes[0]],
          [dark, themes[1]],
        ] as const) {
          const theme = { ...base, ...own }
          for (const [ink, paper, least] of PAIRS) {
            expect(contrastRatio(theme[ink] ?? '', theme[paper] ?? '')).toBeGreaterThanOrEqual(least)
          }
        }
      },
    ),
  )
})

test.each(['', '#fff', 'red', '#ffee00', '#5c2d91;}', 'javascript:1'])('%s is no accent', accent => {
  expect(accentProblem(accent)).toMatch(/^(must be a colour|has a contrast)/)
  expect(accentStyles(accent)).toBe('')
})
