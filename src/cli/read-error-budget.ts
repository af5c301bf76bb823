/** Words for an error budget that is none. */
export const WRONG_BUDGET = '--error-budget is a probability up to 0.001, such as 0.00001'

const HIGHEST = 0.001

/** The error budget that somebody typed, where anything was. */
export const readErrorBudget = (text: string | undefined): number | undefined | 'wrong' => {
  if (text === undefined) return undefined
  const budget = Number(text)
  return budget > 0 && budget <= HIGHEST ? budget : 'wrong'
}
