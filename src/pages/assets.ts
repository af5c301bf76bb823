import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { accentProblem } from '#src/kernel/contrast.ts'
import { PiasError } from '#src/kernel/errors.ts'
import { accentStyles } from './accent.ts'

/** A file as it is served: `type` for Content-Type, `etag` with its quotes, `gzip` the same body compressed. */
export type Asset = {
  readonly body: Buffer
  readonly gzip: Buffer
  readonly type: string
  readonly etag: string
}

export type Assets = {
  /**
   * The address of a file of the folder, which changes with its content and so may be cached for ever:
   * `/assets/pages.<hash>.css`. With a usable `accent` (`#rrggbb`) that of the stylesheet in this colour.
   */
  urlOf(name: string, accent?: string): string
  /** The file behind such an address; undefined for any other, also for an outdated one. */
  find(path: string): Asset | undefined
}

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
}

/** `/assets/pages.css` in violet of hash h is `/assets/pages.5c2d91.h.css`. */
const ADDRESS = /^\/assets\/([\w-]+)(?:\.([0-9a-f]{6}))?\.[0-9a-f]{16}(\.\w+)$/

const hashOf = (body: Buffer): string => createHash('sha256').update(body).digest('hex').slice(0, 16)

const toAsset = (body: Buffer, extension: string): Asset => ({
  body,
  gzip: gzipSync(body, { level: 9 }),
  type: TYPES[extension] ?? 'application/octet-stream',
  etag: `"${hashOf(body)}"`,
})

const addressOf = (name: string, body: Buffer, accent: string): string => {
  const extension = extname(name)
  const stem = name.slice(0, -extension.length)
  return `/assets/${[stem, accent.slice(1).toLowerCase(), hashOf(body)].filter(Boolean).join('.')}${extension}`
}

/**
 * Reads the files of `dir` once. Coloured stylesheets are made on demand and hold nothing but the file and one colour,
 * because the policy allows no inline style.
 * @throws PiasError `config.unreadable` when the folder cannot be read.
 */
export const createAssets = (options: { dir: string }): Assets => {
  const bodies = new Map<string, Buffer>()
  try {
    for (const name of readdirSync(options.dir).filter(file => TYPES[extname(file)] !== undefined)) {
      bodies.set(name, readFileSync(join(options.dir, name)))
    }
  } catch (cause) {
    throw new PiasError('config.unreadable', `cannot read the folder ${options.dir}`, { cause })
  }
  /** Address to file. It grows with the accents of registered apps only: `find` never adds to it. */
  const known = new Map<string, Asset>()
  const addresses = new Map<string, string>()

  const bodyOf = (name: string, accent: string): Buffer | undefined => {
    const body = bodies.get(name)
    return body === undefined || accent === '' ? body : Buffer.concat([body, Buffer.from(accentStyles(accent))])
  }

  const add = (name: string, accent: string): string => {
    const body = bodyOf(name, accent)
    if (body === undefined) throw new PiasError('server.failed', `there is no asset ${name}`)
    const address = addressOf(name, body, accent)
    known.set(address, toAsset(body, extname(name)))
    addresses.set(`${name} ${accent}`, address)
    return address
  }

  /** Another node may have rendered the page: what it may have named is made again from the address. */
  const recreate = (path: string): Asset | undefined => {
    const [, stem, colour, extension] = ADDRESS.exec(path) ?? []
    const accent = colour === undefined ? '' : `#${colour}`
    if (extension !== '.css' || accentProblem(accent) !== undefined) return undefined
    const body = bodyOf(`${stem}${extension}`, accent)
    if (body === undefined || addressOf(`${stem}${extension}`, body, accent) !== path) return undefined
    return toAsset(body, extension)
  }

  for (const name of bodies.keys()) add(name, '')
  return {
    urlOf: (name, accent = '') => {
      const colour = accentProblem(accent) === undefined ? accent.toLowerCase() : ''
      return addresses.get(`${name} ${colour}`) ?? add(name, colour)
    },
    find: path => known.get(path) ?? recreate(path),
  }
}
