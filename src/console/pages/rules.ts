import { askFirst } from '#src/console/ask-first.ts'
import type { Block, CellLike, Page } from '#src/console/blocks.ts'
import { type ConsolePage, thenTo } from '#src/console/console-page.ts'
import { REASON_FIELD, withErrorAs } from '#src/console/fields.ts'
import type { Field } from '#src/console/form.ts'
import { outcomeWord, reasonWord } from '#src/console/matching-words.ts'
import type { Told } from '#src/console/told.ts'
import type { Visit } from '#src/console/visit.ts'
import { count, day, moment, oneIn } from '#src/console/words.ts'
import { accountPath } from './account-tabs.ts'
import { ALARMS_PATH } from './alarm-notices.ts'

type Rules = Told['showRules']
type Changes = Told['replayRules']['people']
type Example = Changes['examples'][number]

const DAY_MS = 24 * 3600 * 1000
const DAYS = 14
const PATH = '/rules'
const CRUMBS = [{ text: 'Rules', href: PATH }]

/** An accepted probability as a form has it: the number of one in so many, and back. */
const budgetField = (budget: number): string => String(Math.round(1 / budget))
const budgetOf = (text: string): number | undefined => (text === '' ? undefined : 1 / Number(text))

/** A change of outcome or verdict, such as `link → confirm`, in words. */
const changeWords = (change: string): string => change.split(' → ').map(outcomeWord).join(' → ')

const factsOf = (version: string, accepted: string, title: string): Block => ({
  kind: 'facts',
  title,
  rows: [
    { label: 'Model', cells: [{ text: version, code: true }] },
    { label: 'Wrong links accepted', cells: [accepted] },
  ],
})

const inForceFacts = ({ version, errorBudget }: Rules['inForce'], title: string): Block =>
  factsOf(version, oneIn(errorBudget), title)

const WATCH: Block = {
  kind: 'links',
  links: [
    { text: 'Count how decisions came out', href: `${PATH}?watch=1` },
    { text: 'The last hour against the week before it', href: ALARMS_PATH },
  ],
}

const numberWords = (numbers: Readonly<Record<string, number>>): string =>
  Object.entries(numbers)
    .map(([outcome, number]) => `${outcomeWord(outcome)}: ${count(number)}`)
    .join(' · ') || '–'

const outcomesTable = (rules: Told['watchRules']['rules']): Block => ({
  kind: 'table',
  title: `How decisions came out, last ${DAYS} days`,
  empty: 'Nothing was decided.',
  columns: ['Rules', 'Accepted', 'Outcomes', 'Shadow: only recorded', 'From', 'To'].map(label => ({ label })),
  rows: rules.map(({ ruleVersion, errorBudget, outcomes, shadow, first, last }) => [
    { text: ruleVersion, code: true },
    oneIn(errorBudget),
    numberWords(outcomes),
    numberWords(shadow),
    day(first),
    day(last),
  ]),
})

/** A way back tells no budget: what was in force before has its own. */
const acceptedCell = ({ act, errorBudget }: Rules['history'][number]): string => {
  if (errorBudget !== undefined) return oneIn(errorBudget)
  return act === 'activated' ? 'as configured' : 'as before'
}

const historyTable = ({ history }: Rules): Block => ({
  kind: 'table',
  title: 'What was put in force and rolled back, newest first',
  empty: 'Nothing ever: the model that is built in decides.',
  columns: ['When', 'What', 'Model then in force', 'Accepted', 'By', 'Why'].map(label => ({ label })),
  rows: history.map(act => [
    moment(act.at),
    act.act === 'activated' ? 'put in force' : 'rolled back',
    { text: act.version, code: true },
    acceptedCell(act),
    { text: act.by, code: true },
    act.reason,
  ]),
})

const compareFields = ({ inForce, versions }: Rules): readonly Field[] => {
  const trained = versions.map(({ version, trainedAt }) => ({
    value: version,
    label: trainedAt === undefined ? version : `${version}, trained ${day(trainedAt)}`,
  }))
  return [
    {
      name: 'version',
      label: 'Model',
      kind: 'select',
      options: [{ value: '', label: 'The one in force' }, ...trained.filter(({ value }) => value !== inForce.version)],
    },
    {
      name: 'errorBudget',
      label: 'Wrong links accepted: one in',
      kind: 'number',
      value: budgetField(inForce.errorBudget),
      hint: 'At most one in 1,000.',
    },
    {
      name: 'people',
      label: 'People with an account to decide on anew',
      kind: 'number',
      value: '500',
      hint: '2,000 at most. Nobody notices.',
    },
  ]
}

const countsTable = (title: string, counts: Readonly<Record<string, number>>, empty: string): Block => ({
  kind: 'table',
  title,
  empty,
  columns: [{ label: 'Change' }, { label: 'How many', number: true }],
  rows: Object.entries(counts).map(([change, number]) => [changeWords(change), count(number)]),
})

const sideText = ({ verdict, because }: Example['records'][number]['before']): string =>
  `${outcomeWord(verdict)}: ${reasonWord(because)}`

const exampleRows = ({ change, accountId, records }: Example): readonly (readonly CellLike[])[] =>
  records.map(({ serviceLine, customerId, before, after }) => [
    changeWords(change),
    accountId === undefined ? 'nobody' : { text: accountId, href: `${accountPath(accountId)}/why`, code: true },
    `${serviceLine} ${customerId}`,
    sideText(before),
    sideText(after),
  ])

const changeBlocks = (title: string, { outcomes, records, examples }: Omit<Changes, 'decided' | 'ownedElsewhere'>) => [
  countsTable(`${title}: outcomes`, outcomes, 'None would come out in another way.'),
  ...(Object.keys(records).length === 0 ? [] : [countsTable(`${title}: records`, records, '')]),
  ...(examples.length === 0
    ? []
    : [
        {
          kind: 'table' as const,
          title: `${title}: examples`,
          empty: '',
          columns: ['Change', 'Account', 'Record', 'In force', 'Then'].map(label => ({ label })),
          rows: examples.flatMap(exampleRows),
        },
      ]),
]

/** What is put in force: of the rules that were looked at, at this version of them. */
type Activation = { readonly version: string; readonly model: string; readonly errorBudget: string }

const activationForm = ({ form }: Visit, { version, model, errorBudget }: Activation): readonly Block[] =>
  form('activateRules', {
    title: 'Put it in force',
    action: `${PATH}/activate`,
    submit: 'Put it in force',
    tone: 'danger',
    cancel: PATH,
    intro: 'On every node within a minute. It can be rolled back in one step.',
    hidden: { version, model, errorBudget },
    fields: [REASON_FIELD],
  })

/** The same again, where it was refused: whoever is overtaken has to compare anew. */
const refusedBlocks = (visit: Visit): readonly Block[] => {
  const { problem, text } = visit
  const [version, model, errorBudget] = [text('version'), text('model'), text('errorBudget')]
  if (problem === undefined || problem.code === 'stale' || model === '') return []
  const accepted = oneIn(budgetOf(errorBudget) ?? 0)
  return [factsOf(model, accepted, 'What would be in force'), ...activationForm(visit, { version, model, errorBudget })]
}

/** What other rules would change, and the way to put them in force. */
const comparedPage = (visit: Visit, { version }: Rules, told: Told['replayRules']): Page => {
  const { inForce, other, decisions, shadow, people } = told
  const wrong: Block = {
    kind: 'notice',
    tone: 'bad',
    title: `${count(people.ownedElsewhere)} records would go to the wrong people`,
    text: ['They belong to somebody else today. Do not put these rules in force.'],
  }
  return {
    title: 'What would change',
    lead: `Decisions weighed anew: ${count(decisions.replayed)}, and ${count(shadow.replayed)} that were only recorded. People decided on anew: ${count(people.decided)}. Nothing is changed yet.`,
    crumbs: CRUMBS,
    blocks: [
      ...(people.ownedElsewhere > 0 ? [wrong] : []),
      inForceFacts(inForce, 'In force now'),
      inForceFacts(other, 'What it was compared with'),
      ...changeBlocks('Decisions that were acted on', decisions),
      ...(shadow.replayed === 0 ? [] : changeBlocks('Shadow: decisions that were only recorded', shadow)),
      ...changeBlocks('People with an account', people),
      ...activationForm(visit, {
        version: String(version),
        model: other.version,
        errorBudget: budgetField(other.errorBudget),
      }),
    ],
  }
}

/** What rolling back would put in force. */
const askBack = async ({ ask, text }: Visit) => {
  const { inForce, activations, versions } = await ask('showRules')
  const { version, errorBudget } = activations.at(-2) ?? { version: versions[0]?.version ?? '' }
  const accepted = errorBudget === undefined ? 'as configured' : oneIn(errorBudget)
  return {
    operation: 'rollBackRules',
    title: 'Roll back the rules',
    submit: 'Roll back',
    action: `${PATH}/back`,
    cancel: PATH,
    hidden: { version: text('version') },
    intro: 'On every node within a minute. What is in force now can be put in force again.',
    blocks: [inForceFacts(inForce, 'In force now'), factsOf(version, accepted, 'What would be in force')],
  }
}

/** The rules that decide who is linked: watched, compared, put in force, rolled back. */
export const rulesPage: ConsolePage = {
  path: PATH,
  show: async visit => {
    const { ask, form, now, text } = visit
    const since = new Date(now - DAYS * DAY_MS).toISOString().slice(0, 'YYYY-MM-DD'.length)
    // Thousands of decisions are counted for it: for whoever wants to see that.
    const isWatched = text('watch', 'query') === '1'
    const [rules, watched] = await Promise.all([
      ask('showRules'),
      ...(isWatched ? [ask('watchRules', { query: { since } })] : []),
    ])
    return {
      title: 'Rules',
      lead: 'What decides who is linked without a question. Look first what other rules would change.',
      blocks: [
        ...refusedBlocks(visit),
        inForceFacts(rules.inForce, 'In force now'),
        watched === undefined ? WATCH : outcomesTable(watched.rules),
        ...form('replayRules', {
          title: 'Compare with other rules',
          action: `${PATH}/compare`,
          submit: 'Show what would change',
          intro: 'It takes up to a minute, and looks at people who have an account.',
          fields: compareFields(rules),
        }),
        historyTable(rules),
        ...(rules.activations.length === 0
          ? []
          : form('rollBackRules', {
              title: 'Roll back',
              action: `${PATH}/back`,
              submit: 'Roll back',
              tone: 'danger',
              intro: 'Puts in force what was before, on every node within a minute.',
              hidden: { version: String(rules.version) },
              fields: [REASON_FIELD],
            })),
      ],
    }
  },
  acts: {
    '/compare': async visit => {
      const { act, ask, text } = visit
      const errorBudget = budgetOf(text('errorBudget'))
      const body = {
        ...(text('version') && { version: text('version') }),
        ...(errorBudget !== undefined && { errorBudget }),
        ...(text('people') && { people: Number(text('people')) }),
      }
      const rules = await ask('showRules')
      const outcome = await act('replayRules', { body })
      if ('told' in outcome) return { page: comparedPage(visit, rules, outcome.told) }
      // The form asks for one in so many, which the API does not know of.
      return {
        problem: withErrorAs(outcome.problem, 'body.errorBudget', { reason: 'must be a number, at least 1,000' }),
      }
    },
    '/activate': async ({ act, text }) => {
      const body = { version: text('model'), errorBudget: budgetOf(text('errorBudget')), reason: text('reason') }
      return thenTo(await act('activateRules', { body, version: Number(text('version')) }), `${PATH}?done=rules`)
    },
    '/back': askFirst(askBack, async ({ act, text }) => {
      const given = { query: { reason: text('reason') }, version: Number(text('version')) }
      return thenTo(await act('rollBackRules', given), `${PATH}?done=rules-back`)
    }),
  },
}
