/**
 * Steps of a login that are counted, in the order people come to them. `known`: recognised by an earlier link. `linked`:
 * linked without a question. `asked`: not certain. `proved`, `new`: how the question was answered. `finished`: back at
 * the app, logged in. `left`: back at the app without. Who is in none of the last two has closed the page.
 */
export const FUNNEL_STEPS = [
  'started',
  'away',
  'back',
  'known',
  'linked',
  'asked',
  'proved',
  'new',
  'finished',
  'left',
] as const
export type FunnelStep = (typeof FUNNEL_STEPS)[number]
