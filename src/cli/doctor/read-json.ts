/** Milliseconds that a call of the doctor may take. */
export const TIMEOUT_MS = 5000

/** What an address answered; `json` is empty where it is none. */
export type JsonAnswer = { status: number; date: string | null; json: Record<string, unknown> }

/** Reads an answer. @throws SyntaxError when it says that it is JSON and is not */
export const toJson = async (answer: Response): Promise<JsonAnswer> => {
  const text = await answer.text()
  const json = answer.headers.get('content-type')?.includes('json') ? (JSON.parse(text) as Record<string, unknown>) : {}
  return { status: answer.status, date: answer.headers.get('date'), json }
}

/** Asks an address that the operator configured; no redirect is followed. @throws TypeError as fetch does */
export const readJson = async (url: string): Promise<JsonAnswer> =>
  toJson(await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'error' }))

/** Where an issuer describes itself (OpenID Connect Discovery 1.0, 4). */
export const discoveryOf = (issuer: string): string => `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
