import type { Block } from '#src/console/blocks.ts'
import { type ConsolePage, withQuery } from '#src/console/console-page.ts'
import { count } from '#src/console/words.ts'
import { accountHead, accountPath } from './account-tabs.ts'
import { decisionFold } from './why-decided.ts'
import { recordFold, summaryTable } from './why-linked.ts'

/** Decisions on a page: each of them has a table for each of its records. */
const MOST_DECISIONS = 10

/** How many decisions are told, of how many. */
const toldNumber = (decisions: number, isFirst: boolean, isLast: boolean): string => {
  const number = `${count(decisions)} ${decisions === 1 ? 'decision' : 'decisions'}`
  if (isFirst) return isLast ? number : `the newest ${number}`
  return `${number} before these`
}

/** Why an account has its records: each in a line, then how it came to it, and decisions as they were made, page by page. */
export const whyPage: ConsolePage = {
  path: '/people/:accountId/why',
  show: async ({ ask, params, text }) => {
    const { accountId = '' } = params
    const cursor = text('cursor', 'query')
    const query = { limit: String(MOST_DECISIONS), ...(cursor && { cursor }) }
    const { links, decisions, next } = await ask('whyLinked', { params, query })
    const isFirst = cursor === ''
    const path = `${accountPath(accountId)}/why`
    const nothing: Block = {
      kind: 'notice',
      tone: 'plain',
      title: isFirst ? 'Matching decided nothing about this account' : 'There are no older decisions',
      text: isFirst && links.length > 0 ? ['How its records came here stands above.'] : [],
    }
    const others = [
      ...(isFirst ? [] : [{ text: 'The newest', href: path }]),
      ...(next === undefined ? [] : [{ text: 'Older decisions', href: withQuery(path, { cursor: next }) }]),
    ]
    const named = Number(text('record', 'query')) - 1
    const records = links.map((link, place) =>
      recordFold(link, { place, open: links.length === 1 || place === named, decisions }),
    )
    const isAlone = decisions.length === 1 && links.length === 0
    return {
      ...accountHead(accountId, '/why'),
      lead: `${isFirst ? 'How each record came here; then ' : ''}${toldNumber(decisions.length, isFirst, next === undefined)}, as made then, newest first.`,
      blocks: [
        ...(isFirst ? [summaryTable(accountId, links), ...records] : []),
        ...(decisions.length === 0 ? [nothing] : decisions.map(decision => decisionFold(decision, isAlone))),
        ...(others.length === 0 ? [] : [{ kind: 'links' as const, links: others }]),
      ],
    }
  },
}
