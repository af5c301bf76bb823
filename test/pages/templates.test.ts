import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPages } from '#src/pages/render.ts'
import { startPages, VIEWS_DIR } from './support.ts'

const names = readdirSync(VIEWS_DIR, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.ejs'))
const TEMPLATES = names.map(name => ({ name, source: readFileSync(join(VIEWS_DIR, name), 'utf8') }))

test('there are templates to look at', () => {
  expect(TEMPLATES.length).toBeGreaterThan(10)
})

describe.each(TEMPLATES)('$name', ({ name, source }) => {
  test('escapes everything but other templates', () => {
    for (const raw of source.match(/<%-[^%]*%>/g) ?? []) expect(raw).toMatch(/^<%- partial\([^)]+\) %>$/)
  })

  test('has no style, script or handler of its own, and asks nobody else', () => {
    expect(source).not.toMatch(/\sstyle=|\son[a-z]+=|javascript:|http-equiv/i)
    // A mail has nobody to fetch its styles from.
    expect(source.includes('<style>')).toBe(name.startsWith('mail'))
    expect(source).not.toMatch(/<script(?! src="<%= view\.script %>" defer><\/script>)/)
    expect(source.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:\/\//)
  })

  test('decides nothing: only conditions and loops', () => {
    for (const code of source.match(/<%(?![-=])[^%]*%>/g) ?? []) {
      expect(code).toMatch(/^<% (\}|\} else \{|if \(.+\) \{|for \(const \w+ of .+\) \{) %>$/)
    }
  })

  test('has its words in the catalogues, but for the pages of developers and admins', () => {
    if (name.startsWith('style') || name.startsWith('console')) return
    const words = source
      .replace(/<%.*?%>/gs, ' ')
      .replace(/<style>.*<\/style>/s, ' ')
      .replace(/<[^>]*>/g, ' ')
    expect(words.replace(/[\s–]/g, '')).toBe('')
  })
})

describe('start', () => {
  let dir: string

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'pias-views-'))
    cpSync(VIEWS_DIR, dir, { recursive: true })
  })

  afterEach(() => rmSync(dir, { recursive: true }))

  test.each([
    ['words that no catalogue has', "<%= t('no.such_key') %>"],
    ['code that cannot be compiled', '<% if ( { %>'],
  ])('refuses a template with %s', (_, source) => {
    writeFileSync(join(dir, 'pages', 'broken.ejs'), source)
    const { assets } = startPages()
    expect(() => createPages({ viewsDir: dir, assets })).toThrow(expect.objectContaining({ code: 'config.invalid' }))
  })

  test('reads nothing afterwards', () => {
    const { assets } = startPages()
    const pages = createPages({ viewsDir: dir, assets })
    for (const name of readdirSync(dir)) rmSync(join(dir, name), { recursive: true })
    expect(pages.render('wait', { locale: 'en', model: { checkUrl: '/' } })).toContain('Almost done')
  })

  test('a template at fault is our failure, with its cause', () => {
    writeFileSync(join(dir, 'pages', 'notice.ejs'), '<%= noSuchLocal %>')
    const { assets } = startPages()
    const pages = createPages({ viewsDir: dir, assets })
    expect(() => pages.render('wait', { locale: 'en', model: { checkUrl: '/' } })).toThrow(
      expect.objectContaining({ code: 'server.failed', cause: expect.any(ReferenceError) }),
    )
  })
})
