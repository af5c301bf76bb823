import { toField } from '#src/console/belgian-clock.ts'
import type { Block, Link } from '#src/console/blocks.ts'
import { withQuery } from '#src/console/console-page.ts'
import type { AlarmsTold } from '#src/console/told.ts'
import { count, moment, share } from '#src/console/words.ts'

type RaisedAlarm = AlarmsTold['alarms'][number]
type Hour = Pick<AlarmsTold, 'from' | 'at'>
type Words = {
  readonly title: (alarm: RaisedAlarm) => string
  readonly look: string
  /** What raised it, in the hour that was looked at. */
  readonly shows: (hour: Hour) => Link
}

const rate = (value: number): string => share(value, 1)
const moreOrFewer = ({ value, expected }: RaisedAlarm): string => (value > expected ? 'More' : 'Fewer')
const asUsual = ({ value, expected }: RaisedAlarm): string => `${rate(value)}, where ${rate(expected)} is usual`

/** Where the last hour stands against the week before it. */
export const ALARMS_PATH = '/alarms'
/** Where the record is that came up most. */
export const RECORD_PATH = '/alarms/record'

const RATES: Link = { text: 'The last hour against the week before it', href: ALARMS_PATH }

const MINUTE_MS = 60_000

/** The refused proofs of the hour that was looked at. */
export const refusedProofs = ({ from, at }: Hour): Link => ({
  text: 'Refused proofs of that hour',
  href: withQuery('/audit', {
    type: 'proof.refused',
    from: toField(from),
    to: toField(at + MINUTE_MS),
  }),
})

const WORDS: Readonly<Record<RaisedAlarm['name'], Words>> = {
  'link-rate': {
    title: alarm => `${moreOrFewer(alarm)} people than usual are linked without a question: ${asUsual(alarm)}`,
    look: 'Look whether an import, new rules or an app that was opened to other people explains it.',
    shows: () => RATES,
  },
  'confirm-rate': {
    title: alarm => `${moreOrFewer(alarm)} people than usual are asked for a proof: ${asUsual(alarm)}`,
    look: 'Look whether an import, new rules or an app that was opened to other people explains it.',
    shows: () => RATES,
  },
  'refused-proofs': {
    title: ({ value }) => `${count(value)} proofs were refused within an hour, more than were accepted`,
    look: 'Somebody may be trying out other people’s invoices or codes, or a form is not understood.',
    shows: refusedProofs,
  },
  'identities-per-record': {
    title: ({ value }) => `One record came up for ${count(value)} different people within an hour`,
    look: 'Several people may be after one customer, or a record holds what many share.',
    shows: ({ at }) => ({
      text: 'The record, and who it came up for',
      href: withQuery(RECORD_PATH, { to: String(at) }),
    }),
  },
}

/** What is not as usual about linking, each with the way to what raised it; nothing while all is. */
export const alarmNotices = ({ alarms, ...hour }: Hour & Pick<AlarmsTold, 'alarms'>): readonly Block[] =>
  alarms.map(alarm => {
    const { title, look, shows } = WORDS[alarm.name]
    return {
      kind: 'notice',
      tone: 'warning',
      title: title(alarm),
      text: [`Since ${moment(alarm.since)}. ${look}`],
      link: shows(hour),
    }
  })

/** The same as one number. `at` 0: no node has looked yet. */
export const alarmFigure = ({ at, alarms }: Pick<AlarmsTold, 'at' | 'alarms'>) => ({
  label: 'Alarms on linking',
  value: at === 0 ? '–' : count(alarms.length),
  hint: at === 0 ? 'not looked at yet' : `looked at ${moment(at)}`,
})
