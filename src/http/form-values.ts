/** All that was sent under one name of a form, such as a list of boxes; what is no text is not looked at. */
export const formValues = (sent: unknown): readonly string[] =>
  [sent].flat().filter((value): value is string => typeof value === 'string')
