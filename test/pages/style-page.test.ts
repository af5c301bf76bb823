import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { PAGE_STATES } from '#src/pages/style/page-states.ts'
import { PAGE_NAMES, toView } from '#src/pages/to-view.ts'
import { VIEWS_DIR } from './support.ts'

/** What is not on the style page is looked at by no check and no picture. */
describe('the style page', () => {
  test('holds every page', () => {
    expect(PAGE_NAMES.filter(name => !PAGE_STATES.some(({ page }) => page === name))).toEqual([])
    expect(PAGE_NAMES.length).toBeGreaterThan(25)
  })

  test('shows every template and every icon', () => {
    const views = PAGE_STATES.map(({ page, input }) => toView(page, input.model, 'nl'))
    const names = (folder: string) =>
      readdirSync(join(VIEWS_DIR, folder)).map(file => file.slice(0, file.lastIndexOf('.')))
    expect(new Set(views.map(({ template }) => template))).toEqual(new Set(names('pages')))
    expect(new Set(views.map(({ icon }) => icon))).toEqual(new Set(names(join('partials', 'icons'))))
  })

  test('has an address of its own for every state', () => {
    const addresses = PAGE_STATES.map(({ page, state }) => `${page}/${state}`)
    expect(new Set(addresses).size).toBe(addresses.length)
    for (const address of addresses) expect(address).toMatch(/^[a-z-]+\/[a-z-]+$/)
  })
})
