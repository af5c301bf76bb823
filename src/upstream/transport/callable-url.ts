import { z } from 'zod'

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

/** Whether a URL may be called: https, or plain http to this very machine (a simulator, a test). */
const isCallable = (value: string): boolean => {
  const url = URL.parse(value)
  if (url === null || url.username !== '' || url.password !== '') return false
  return url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.has(url.hostname))
}

/** An endpoint of an upstream, as configuration or metadata name it. */
export const endpointSchema = z.string().refine(isCallable, 'must be an https URL (http only on loopback)')

/** An issuer identifier: no query, no fragment (OIDC Discovery, 3); compared letter by letter ever after. */
export const issuerSchema = endpointSchema.refine(value => !/[?#]/.test(value), 'must have no query or fragment')
