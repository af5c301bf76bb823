import { bodyParser } from '@koa/bodyparser'
import type { Sent } from './visit.ts'

/** The largest form: the metadata of an app. */
const LIMIT = '64kb'

const FORM = 'application/x-www-form-urlencoded'

/** Reads a form as it was sent, for {@link sentOf}; what is none is not read. @throws a 413 for one that is too large */
export const readForm = bodyParser({ enableTypes: ['text'], extendTypes: { text: [FORM] }, textLimit: LIMIT }) as never

/**
 * The fields of a form (WHATWG URL, 5.1), all of one name in their order, however many. A parser that makes more of names
 * than texts and lists of texts gives up lists that are long, and what it drops looks like nothing chosen.
 * @param body as {@link readForm} read it
 */
export const sentOf = (body: unknown): Sent => {
  const fields = new Map<string, string[]>()
  for (const [name, value] of new URLSearchParams(typeof body === 'string' ? body : '')) {
    const values = fields.get(name)
    if (values === undefined) fields.set(name, [value])
    else values.push(value)
  }
  return Object.fromEntries([...fields].map(([name, values]) => [name, values.length === 1 ? values[0] : values]))
}
