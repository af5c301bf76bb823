const BISECTIONS = 60

/** P(X ≤ k) for X binomial (n, p), 0 < p < 1; summed from the largest term down, which keeps small tails exact enough. */
const cumulative = (k: number, n: number, p: number): number => {
  const [logP, logQ] = [Math.log(p), Math.log1p(-p)]
  let logTerm = n * logQ
  let largest = logTerm
  const logTerms = [logTerm]
  for (let i = 1; i <= k; i += 1) {
    logTerm += Math.log((n - i + 1) / i) + logP - logQ
    logTerms.push(logTerm)
    if (logTerm > largest) largest = logTerm
  }
  return Math.exp(largest) * logTerms.reduce((sum, term) => sum + Math.exp(term - largest), 0)
}

/**
 * The one-sided upper bound on a rate of which `events` of `trials` were seen, after Clopper and Pearson: a higher true
 * rate would show so few events in less than 1 − `confidence` of all runs. Without events it is about 3 / trials at 95 %
 * (the rule of three).
 * @see Clopper & Pearson 1934
 */
export const upperBound = (events: number, trials: number, confidence = 0.95): number => {
  if (trials === 0 || events >= trials) return 1
  let [low, high] = [events / trials, 1]
  for (let step = 0; step < BISECTIONS; step += 1) {
    const middle = (low + high) / 2
    if (cumulative(events, trials, middle) > 1 - confidence) low = middle
    else high = middle
  }
  return high
}
