import { randomBytes } from 'node:crypto'
import type { Problem } from '#src/admin/api/problem.ts'
import { withError, withTyped } from './fields.ts'
import type { Session } from './sessions.ts'
import type { Visit } from './visit.ts'

const ONCE_BYTES = 16

/** The field that says which operation a form is for; the pages that follow it carry it on. */
const FORM = 'form'

type Deps = Pick<Visit, 'path' | 'text' | 'texts' | 'may' | 'mayNow'> & {
  readonly session: Session
  readonly problem: Problem | undefined
}

/** Makes the `form` of a visit: see {@link Visit}. @param deps of that visit */
export const createForm =
  ({ path, session, text, texts, may, mayNow, problem }: Deps): Visit['form'] =>
  (operation, { hidden = {}, isFilled = false, ...form }) => {
    if (!may(operation)) return []
    // A form that comes back with what was typed stays.
    if (problem === undefined && !mayNow(operation)) {
      const href = `/login?fresh=1&to=${encodeURIComponent(path)}`
      const link = { text: `Confirm that it is you, to ${form.submit.toLowerCase()}`, href }
      return [{ kind: 'links', ...(form.title !== undefined && { title: form.title }), links: [link] }]
    }
    const once = randomBytes(ONCE_BYTES).toString('base64url')
    const isSent = text(FORM) === operation && text('kind') === (hidden.kind ?? '')
    return [
      {
        ...form,
        kind: 'form',
        method: 'post',
        sent: isSent,
        hidden: { csrf: session.csrf, once, [FORM]: operation, ...hidden },
        fields: isSent
          ? form.fields.map(field => withError(isFilled ? field : withTyped(field, texts(field.name)), problem))
          : form.fields,
      },
    ]
  }
