/** What is kept of an old login and never looked for. Without a hash the legacy system alone can check the password. */
export type LoginDocument = { readonly passwordHash?: string }

/** The document of a credential in the store. */
export const encodeLogin = ({ passwordHash }: LoginDocument): string => JSON.stringify({ passwordHash })

/** Inverse of {@link encodeLogin}. */
export const decodeLogin = (document: string): LoginDocument => JSON.parse(document) as LoginDocument
