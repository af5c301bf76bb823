import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { createAssets } from '#src/pages/assets.ts'
import { VIEWS_DIR } from './support.ts'

const dir = join(VIEWS_DIR, 'assets')
const assets = createAssets({ dir })

test.each(readdirSync(dir))('%s is found at its address', name => {
  const asset = assets.find(assets.urlOf(name))
  expect(asset?.type).toMatch(/^text\/(css|javascript); charset=utf-8$/)
  expect(asset?.etag).toMatch(/^"\w+"$/)
  expect(gunzipSync(asset?.gzip ?? '')).toEqual(asset?.body)
})

test('stays within its budget', () => {
  expect(assets.find(assets.urlOf('pages.css', '#5c2d91'))?.gzip.length).toBeLessThanOrEqual(10 * 1024)
  expect(assets.find(assets.urlOf('forms.js'))?.gzip.length).toBeLessThanOrEqual(6 * 1024)
})

test('the address changes with the content', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pias-assets-'))
  const addressOf = (content: string) => {
    writeFileSync(join(folder, 'a.css'), content)
    return createAssets({ dir: folder }).urlOf('a.css')
  }
  expect(addressOf('b{}')).not.toBe(addressOf('i{}'))
  rmSync(folder, { recursive: true })
})

test.each([
  '/assets/pages.css',
  '/assets/pages.0000000000000000.css',
  '/assets/../../package.json',
  '/assets/..%2fpackage.0000000000000000.json',
  '/assets/',
  assets.urlOf('pages.css').replace('.css', '.js'),
])('nothing is at %s', path => {
  expect(assets.find(path)).toBeUndefined()
})

test('an asset that does not exist is our failure', () => {
  expect(() => assets.urlOf('nothing.css')).toThrow(expect.objectContaining({ code: 'server.failed' }))
})

test('a folder that cannot be read is a matter of configuration', () => {
  expect(() => createAssets({ dir: join(dir, 'nowhere') })).toThrow(
    expect.objectContaining({ code: 'config.unreadable' }),
  )
})

describe('an accent', () => {
  const address = assets.urlOf('pages.css', '#00695C')

  test('follows the stylesheet itself', () => {
    const css = assets.find(address)?.body.toString() ?? ''
    expect(css).toContain('--accent:#00695c')
    expect(css.startsWith(assets.find(assets.urlOf('pages.css'))?.body.toString() ?? '?')).toBe(true)
  })

  test('is found by a node that never rendered it', () => {
    expect(createAssets({ dir }).find(address)?.body).toEqual(assets.find(address)?.body)
  })

  test.each([
    ['another hash', address.replace(/\.[0-9a-f]{16}\./, '.0123456789abcdef.')],
    ['another colour under this hash', address.replace('00695c', '00695d')],
    ['an unreadable colour', address.replace('00695c', 'ffee00')],
  ])('is not found under %s', (_, path) => {
    expect(createAssets({ dir }).find(path)).toBeUndefined()
  })

  test('that is no colour changes nothing', () => {
    expect(assets.urlOf('pages.css', 'red;}body{display:none')).toBe(assets.urlOf('pages.css'))
  })
})
