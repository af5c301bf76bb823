import { readFileSync } from 'node:fs'
import { extname, join } from 'node:path'

/** An image as a `data:` address, or what is wrong with it. */
export type FoundImage = { readonly url: string } | { readonly problem: string }

const TYPES: Readonly<Record<string, string>> = { '.svg': 'image/svg+xml', '.png': 'image/png', '.webp': 'image/webp' }

/** Three of them on one page keep it within its budget of 45 KB (ADR 0030). */
const MAX_BYTES = 8192

const read = (dir: string, file: string): FoundImage => {
  const type = TYPES[extname(file)]
  if (type === undefined || !/^[\w-]+\.\w+$/.test(file))
    return { problem: `"${file}" is no name of an SVG, PNG or WebP` }
  try {
    const bytes = readFileSync(join(dir, file))
    if (bytes.length > MAX_BYTES) return { problem: `${file} has ${bytes.length} bytes, ${MAX_BYTES} at most` }
    return { url: `data:${type};base64,${bytes.toString('base64')}` }
  } catch (error) {
    return { problem: `${file} cannot be read (${(error as NodeJS.ErrnoException).code})` }
  }
}

/**
 * Logos, by the names of their files in one folder. They become part of the page, since each would be a request of its
 * own; as images they run no script and ask nobody else. A file is read until it is good, then never again.
 */
export const createImages = (options: { dir: string | undefined }): { find(file: string): FoundImage } => {
  const known = new Map<string, FoundImage>()
  return {
    find: file => {
      if (options.dir === undefined) return { problem: 'there is no folder of images (pages.imagesDir)' }
      const found = known.get(file) ?? read(options.dir, file)
      if ('url' in found) known.set(file, found)
      return found
    },
  }
}
