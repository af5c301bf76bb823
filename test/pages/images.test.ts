import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadBrand } from '#src/pages/brand.ts'
import { createImages } from '#src/pages/images.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'pias-images-'))
  writeFileSync(join(dir, 'mark.svg'), '<svg/>')
  writeFileSync(join(dir, 'big.png'), Buffer.alloc(8193))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

test('an image becomes part of the page, and is read once', () => {
  const images = createImages({ dir })
  const found = images.find('mark.svg')
  expect(found).toEqual({ url: `data:image/svg+xml;base64,${Buffer.from('<svg/>').toString('base64')}` })
  rmSync(dir, { recursive: true })
  expect(images.find('mark.svg')).toBe(found)
})

test('one that comes later is found later', () => {
  const images = createImages({ dir })
  expect(images.find('late.webp')).toEqual({ problem: 'late.webp cannot be read (ENOENT)' })
  writeFileSync(join(dir, 'late.webp'), 'x')
  expect(images.find('late.webp')).toEqual({ url: 'data:image/webp;base64,eA==' })
})

test.each([
  ['big.png', /8193 bytes, 8192 at most/],
  ['../mark.svg', /no name of/],
  ['mark.gif', /no name of/],
  ['/etc/passwd', /no name of/],
])('%s is no image', (file, problem) => {
  expect(createImages({ dir }).find(file)).toEqual({ problem: expect.stringMatching(problem) })
})

describe('the brand of the configuration', () => {
  test('has its logos from the folder', () => {
    const brand = loadBrand({ name: 'House', logo: 'mark.svg', itsmeLogo: 'mark.svg' }, createImages({ dir }).find)
    expect(brand).toMatchObject({
      name: 'House',
      logoUrl: expect.stringMatching(/^data:image/),
      itsmeLogoUrl: brand.logoUrl,
    })
  })

  test.each([
    [{ logo: 'gone.svg' }, /pages\.brand\.logo: gone\.svg cannot be read/],
    [{ itsmeLogo: 'big.png' }, /pages\.brand\.itsmeLogo: big\.png has 8193/],
  ])('stops the start with %j', (settings, message) => {
    expect(() => loadBrand(settings, createImages({ dir }).find)).toThrow(message)
    expect(() => loadBrand(settings, createImages({ dir: undefined }).find)).toThrow(/there is no folder of images/)
  })
})
