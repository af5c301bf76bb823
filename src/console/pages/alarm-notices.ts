import type { Block, Link } from '#src/console/blocks.ts'
import type { AlarmsTold } from '#src/console/told.ts'
import { count, moment, share } from '#src/console/words.ts'

type RaisedAlarm = AlarmsTold['alarms'][number]
type Words = { readonly title: (alarm: RaisedAlarm) => string; readonly look: string; readonly link: Link }

const rate = (value: number): string => share(value, 1)
const moreOrFewer = ({ value, expected }: RaisedAlarm): string => (value > expected ? 'More' : 'Fewer')
const asUsual = ({ value, expected }: RaisedAlarm): string => `${rate(value)}, where ${rate(expected)} is usual`

const RULES: Link = { text: 'How decisions came out', href: '/rules?watch=1' }

const WORDS: Readonly<Record<RaisedAlarm['name'], Words>> = {
  'link-rate': {
    title: alarm => `${moreOrFewer(alarm)} people than usual are linked without a question: ${asUsual(alarm)}`,
    look: 'Look whether an import, new rules or an app that was opened to other people explains it.',
    link: RULES,
  },
  'confirm-rate': {
    title: alarm => `${moreOrFewer(alarm)} people than usual are asked for a proof: ${asUsual(alarm)}`,
    look: 'Look whether an import, new rules or an app that was opened to other people explains it.',
    link: RULES,
  },
  'refused-proofs': {
    title: ({ value }) => `${count(value)} proofs were refused within an hour, more than were accepted`,
    look: 'Somebody may be trying out other people’s invoices or codes, or a form is not understood.',
    link: { text: 'Refused proofs', href: '/audit?type=proof.refused' },
  },
  'identities-per-record': {
    title: ({ value }) => `One record came up in ${count(value)} decisions within an hour`,
    look: 'Several people may be after one customer, or a record holds what many share.',
    link: { text: 'Latest decisions', href: '/audit?type=link.unresolved' },
  },
}

/** What is not as usual about linking, each with where to look; nothing while all is. */
export const alarmNotices = ({ alarms }: Pick<AlarmsTold, 'alarms'>): readonly Block[] =>
  alarms.map(alarm => {
    const { title, look, link } = WORDS[alarm.name]
    return {
      kind: 'notice',
      tone: 'warning',
      title: title(alarm),
      text: [`Since ${moment(alarm.since)}. ${look}`],
      link,
    }
  })

/** The same as one number. `at` 0: no node has looked yet. */
export const alarmFigure = ({ at, alarms }: Pick<AlarmsTold, 'at' | 'alarms'>) => ({
  label: 'Alarms on linking',
  value: at === 0 ? '–' : count(alarms.length),
  hint: at === 0 ? 'not looked at yet' : `looked at ${moment(at)}`,
})
