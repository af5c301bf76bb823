import type { Block } from '#src/console/blocks.ts'
import { columnChart } from '#src/console/column-chart.ts'
import { count, percent, share } from '#src/console/words.ts'
import { type AllowedMethods, allowedMethods, type Subject } from '#src/rollout/allowed-methods.ts'
import { FUNNEL_STEPS } from '#src/rollout/funnel-steps.ts'
import type { RolloutPhase, RolloutPolicy, RolloutRule } from '#src/rollout/policy.ts'
import type { FunnelCount } from '#src/store/ports/funnel.ts'

/** Phases in words, in their order. */
export const PHASE_WORDS: Readonly<Record<RolloutPhase, string>> = {
  off: 'Off: nobody by itsme',
  shadow: 'Shadow: nobody, but what would happen is recorded',
  offer: 'Offer: a choice among others',
  default: 'Default: at once, others after trouble',
  required: 'Required: no password any more',
}

/** What an old password may do, in words. */
export const PASSWORD_WORDS: Readonly<Record<RolloutPolicy['password'], string>> = {
  off: 'Nothing',
  allow: 'Log in',
  nudge: 'Log in, and be invited to connect itsme',
  'require-bind': 'Log in once, to connect itsme',
}

const ruleWords = ({ phase, percentage, allow, from, until }: RolloutRule): string =>
  [
    PHASE_WORDS[phase],
    `for ${percent(percentage)}`,
    ...(allow.length > 0 ? [`and ${count(allow.length)} accounts by name`] : []),
    ...(from === undefined ? [] : [`from ${from}`]),
    ...(until === undefined ? [] : [`until ${until}`]),
  ].join(', ')

/** A policy in words. */
export const policyFacts = (policy: RolloutPolicy, title: string): Block => ({
  kind: 'facts',
  title,
  rows: [
    { label: 'New people', cells: [ruleWords(policy.registration)] },
    { label: 'Existing accounts', cells: [ruleWords(policy.existing)] },
    { label: 'The old password may', cells: [PASSWORD_WORDS[policy.password]] },
    { label: 'Passkeys', cells: [policy.passkey === 'allow' ? 'Allowed' : 'Off'] },
    {
      label: 'Kill switch',
      cells: [policy.killSwitch ? { text: 'On: nobody by itsme', tag: 'bad' } : { text: 'Off', tag: 'good' }],
    },
  ],
})

/** Who meets a policy: somebody among the first and the last of a hundred, by what is known before the login. */
const SUBJECTS: readonly (readonly [string, Subject])[] = [
  ['Logs in, among the first of a hundred', { purpose: 'login', bucket: 0 }],
  ['Logs in, in the middle', { purpose: 'login', bucket: 50 }],
  ['Logs in, among the last', { purpose: 'login', bucket: 99.9 }],
  ['Logs in, used itsme before', { purpose: 'login', bucket: 99.9, usedUpstream: true }],
  ['Wants a new account, among the first', { purpose: 'registration', bucket: 0 }],
  ['Wants a new account, among the last', { purpose: 'registration', bucket: 99.9 }],
]

const METHOD_WORDS = { upstream: 'itsme', password: 'old password', passkey: 'passkey' } as const

const waysOf = (methods: AllowedMethods['methods']): string => methods.map(method => METHOD_WORDS[method]).join(', ')

/** What a person meets first: in the steps of a login, `choose-method`, `to-upstream` or `not-offered`. */
const howWords = ({ methods, chooseFirst }: Pick<AllowedMethods, 'methods' | 'chooseFirst'>): string => {
  const [first, ...others] = methods
  if (first === undefined) return 'no way to log in'
  if (chooseFirst)
    return others.length === 0 ? `a page with one way: ${waysOf(methods)}` : `chooses: ${waysOf(methods)}`
  return `at once by ${waysOf([first])}${others.length === 0 ? '' : `, after trouble also ${waysOf(others)}`}`
}

const effectWords = ({ methods, chooseFirst, linking, registration }: AllowedMethods): string => {
  return `${howWords({ methods, chooseFirst })}; linking ${linking}; new accounts ${registration}`
}

/** What people would meet, beside what they meet now: by the very function that decides in a login. */
export const effectTable = (before: RolloutPolicy, after: RolloutPolicy, now: number): Block => ({
  kind: 'table',
  title: 'What people would meet',
  empty: '',
  intro: 'By the function that decides in every login. "pias rollout explain" tells it for a persona with its records.',
  columns: [{ label: 'Who' }, { label: 'Now' }, { label: 'Then' }, { label: '' }],
  rows: SUBJECTS.map(([who, subject]) => {
    const [one, other] = [before, after].map(policy => effectWords(allowedMethods(policy, subject, now)))
    return [
      who,
      one ?? '',
      other ?? '',
      one === other ? { text: 'the same', tag: 'plain' } : { text: 'changes', tag: 'warning' },
    ]
  }),
})

const STEP_WORDS: Readonly<Record<(typeof FUNNEL_STEPS)[number], string>> = {
  started: 'Began to log in',
  away: 'Went to itsme',
  back: 'Came back',
  known: 'Were known already',
  linked: 'Linked without a question',
  asked: 'Were asked a question',
  proved: 'Proved who they are',
  new: 'Said they are new',
  finished: 'Back at the app, logged in',
  left: 'Back at the app without',
}

/** A step of a login in words. */
export const stepWords = (step: string): string => (STEP_WORDS as Readonly<Record<string, string>>)[step] ?? step

/** How far people come: a chart of the steps, in their order, and beside it their numbers. */
export const funnelBlocks = (
  counts: readonly Pick<FunnelCount, 'step' | 'count'>[],
  title: string,
): readonly Block[] => {
  const total = (step: string): number =>
    counts.filter(one => one.step === step).reduce((sum, one) => sum + one.count, 0)
  const [started, finished, left] = [total('started'), total('finished'), total('left')]
  const table: Block = {
    kind: 'table',
    title: started === 0 ? title : `${title}: step by step`,
    empty: 'Nobody has logged in since.',
    intro: 'Steps are counted, not people.',
    columns: [{ label: 'Step' }, { label: 'Number', number: true }, { label: 'Of all', number: true }],
    rows:
      started === 0
        ? []
        : FUNNEL_STEPS.map((step, index) => [
            `${index + 1}. ${STEP_WORDS[step]}`,
            count(total(step)),
            share(total(step), started),
          ]),
  }
  if (started === 0) return [table]
  const chart = columnChart({
    title,
    summary: `Of ${count(started)} logins begun, ${count(finished)} ended at the app logged in (${share(finished, started)}) and ${count(left)} without. The numbers under the columns are those of the steps in the table.`,
    series: [
      { name: 'On the way', look: 'plain' },
      { name: 'Logged in', look: 'good' },
      { name: 'Back at the app without', look: 'bad' },
    ],
    // Names of ten steps do not fit under ten columns on a phone.
    columns: FUNNEL_STEPS.map((step, index) => {
      const number = total(step)
      const isEnd = step === 'finished' || step === 'left'
      return {
        label: String(index + 1),
        values: [isEnd ? 0 : number, step === 'finished' ? number : 0, step === 'left' ? number : 0],
      }
    }),
  })
  return [chart, table]
}
