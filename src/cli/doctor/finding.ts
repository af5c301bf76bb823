/** What a check found: fine, or what is wrong (or will be soon) and what to do. */
export type Finding =
  | { readonly fine: string }
  | { readonly warning: string; readonly fix: string }
  | { readonly wrong: string; readonly fix: string }

/** One look at something; a rejection means that it did not answer. */
export type Check = { readonly what: string; readonly run: () => Promise<Finding> }

/** Everything is as it has to be. */
export const fine = (text: string): Finding => ({ fine: text })
/** It works still. */
export const warning = (text: string, fix: string): Finding => ({ warning: text, fix })
/** It does not work for somebody. */
export const wrong = (text: string, fix: string): Finding => ({ wrong: text, fix })

/** Why a call failed: the name of the fault, such as ECONNREFUSED or CERT_HAS_EXPIRED. */
export const faultOf = (error: unknown): string => {
  const { cause, code, name } = error as { cause?: { code?: string }; code?: string; name?: string }
  return cause?.code ?? (typeof code === 'string' ? code : undefined) ?? name ?? 'unknown'
}
