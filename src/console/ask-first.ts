import { z } from 'zod'
import { inputProblem, type Problem } from '#src/admin/api/problem.ts'
import { reason } from '#src/admin/routes/schemas.ts'
import { inputWords } from '#src/kernel/input-words.ts'
import type { Block } from './blocks.ts'
import type { Outcome } from './console-page.ts'
import type { Form } from './form.ts'
import type { Visit } from './visit.ts'

/** What a form does. */
export type Act = (visit: Visit) => Promise<Outcome>

/** What is asked before an act that does harm if it is a mistake. */
export type Question = {
  /** The operation, for its roles and the fresh login it may need. */
  readonly operation: string
  readonly title: string
  /** What it does, and whether it can be taken back. */
  readonly intro: string
  readonly submit: string
  /** Where its form is sent: where the first one was. */
  readonly action: string
  /** Where somebody goes who thinks again. */
  readonly cancel: string
  /** What was said and is sent once more. */
  readonly hidden?: Form['hidden']
  /** What would come of it, above the question. */
  readonly blocks?: readonly Block[]
}

/** The field that says that the question was answered. */
const SURE = { name: 'sure', value: 'yes' } as const

const why = z.object({ reason })

/** What is wrong with the reason, where one is asked for: told before a question, or a preview that leads to the act. */
export const reasonProblem = ({ sent }: Visit): Problem | undefined => {
  if (!('reason' in sent)) return undefined
  const parsed = why.safeParse(sent, { error: inputWords })
  return parsed.success ? undefined : inputProblem('body', parsed.error)
}

/**
 * An act that is asked about on a page of its own first, with what would come of it and the reason that was given; nothing
 * is done before. Who is overtaken by a change meanwhile is told so by the version or the mark that the form carries.
 */
export const askFirst =
  (question: (visit: Visit) => Promise<Question | { readonly problem: Problem }>, act: Act): Act =>
  async visit => {
    const { form, mayNow, text } = visit
    if (text(SURE.name) === SURE.value) return act(visit)
    const problem = reasonProblem(visit)
    if (problem !== undefined) return { problem }
    const asked = await question(visit)
    if ('problem' in asked) return asked
    const { operation, title, intro, hidden, blocks = [], ...rest } = asked
    // Refused, and written down as such; the page comes back with what was typed.
    if (!mayNow(operation)) return act(visit)
    const said = text('reason')
    return {
      page: {
        title,
        lead: 'Nothing is done yet.',
        blocks: [
          ...blocks,
          ...form(operation, {
            ...rest,
            intro: said === '' ? intro : `${intro} Why: ${said}.`,
            tone: 'danger',
            fields: [],
            hidden: { ...hidden, ...(said !== '' && { reason: said }), [SURE.name]: SURE.value },
          }),
        ],
      },
    }
  }
