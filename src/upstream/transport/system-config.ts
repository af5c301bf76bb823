import { z } from 'zod'
import { endpointSchema } from './callable-url.ts'

/** A bearer token: what an Authorization header can carry (RFC 6750, 2.1), and too long to be guessed. */
export const tokenSchema = z
  .string()
  .min(16, 'must have at least 16 characters')
  .regex(/^[\w.~+/-]+=*$/, 'must be a bearer token: letters, digits and -._~+/ alone')

/** Configuration of a system of the company's own that is asked over HTTP: where, and the token that PIAS shows. */
export const systemFields = {
  /** Where it is asked, by POST. */
  url: endpointSchema,
  /** Bearer token that PIAS shows. */
  token: tokenSchema.exactOptional(),
  /** A file that holds the token and nothing else; read at the start. */
  tokenFile: z.string().min(1).exactOptional(),
}

/** The token itself, or the file that holds it. */
export type Tokens = { readonly token?: string; readonly tokenFile?: string }
/** To be refined with: which of the two says the token must be plain. */
export const hasOneToken = ({ token, tokenFile }: Tokens): boolean =>
  (token === undefined) !== (tokenFile === undefined)
export const ONE_TOKEN = 'needs either token or tokenFile'
