/** Just after every text that begins with another, in the order of code points. */
const LAST_CODE_POINT = '\u{10ffff}'

/** What a value is compared with so that an index finds those that begin with the prefix; all texts for an empty one. */
export const beginningWith = (prefix: string) => ({ $gte: prefix, $lt: prefix + LAST_CODE_POINT })
