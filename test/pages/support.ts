import { fileURLToPath } from 'node:url'
import { createAssets } from '#src/pages/assets.ts'
import { createPages } from '#src/pages/render.ts'

/** The real `views/` folder. */
export const VIEWS_DIR = fileURLToPath(new URL('../../views', import.meta.url))

/** Pages and assets as a node makes them at start. */
export const startPages = () => {
  const assets = createAssets({ dir: `${VIEWS_DIR}/assets` })
  return { assets, pages: createPages({ viewsDir: VIEWS_DIR, assets }) }
}

/** All values of an attribute, in order. */
export const attributes = (html: string, name: string): string[] =>
  [...html.matchAll(new RegExp(`\\s${name}="([^"]*)"`, 'g'))].map(match => match[1] ?? '')

/** All start tags of an element, in order. */
export const tags = (html: string, element: string): string[] =>
  [...html.matchAll(new RegExp(`<${element}[\\s>][^>]*`, 'g'))].map(match => match[0])

/** What a person can read: the document without head, tags and attributes. */
export const readableText = (html: string): string =>
  html
    .replace(/<head>.*<\/head>/s, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
