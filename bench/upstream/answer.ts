/** What an endpoint answers; `location` makes it a redirect. */
export type Answer = {
  readonly status: number
  readonly type?: string
  readonly body?: string
  readonly location?: string
}

/** An answer in JSON; itsme's errors are `{ error, detail }`. */
export const json = (status: number, body: object): Answer => ({
  status,
  type: 'application/json',
  body: JSON.stringify(body),
})
