/**
 * A function of one object that is computed once for each: an identity is compared with every candidate. What was computed goes
 * with its object, which must not be changed in between.
 */
export const onceFor = <Subject extends object, Result>(
  compute: (subject: Subject) => Result,
): ((subject: Subject) => Result) => {
  const known = new WeakMap<Subject, { readonly result: Result }>()
  return subject => {
    const found = known.get(subject)
    if (found !== undefined) return found.result
    const result = compute(subject)
    known.set(subject, { result })
    return result
  }
}
