import { PiasError } from '#src/kernel/errors.ts'
import type { Locale } from '#src/kernel/identity.ts'
import type { FoundImage } from './images.ts'

/** How the pages name and dress the house; all optional, plain text by default. Images are `data:` addresses. */
export type Brand = {
  readonly name?: string | undefined
  readonly logoUrl?: string | undefined
  readonly helpUrl?: string | undefined
  readonly privacyUrl?: string | undefined
  readonly accessibilityUrl?: string | undefined
  /** itsme's mark, and its button's words where they differ from ours (their brand portal decides). */
  readonly itsmeLogoUrl?: string | undefined
  readonly itsmeLabels?: Readonly<Record<Locale, string>> | undefined
  /** When people of the help can be reached, as the pages say it: "mon–sat, 8–20". */
  readonly contactHours?: Readonly<Record<Locale, string>> | undefined
}

const DEFAULT_BRAND = {
  name: 'Proximus',
  helpUrl: 'https://www.proximus.be/support',
  privacyUrl: 'https://www.proximus.be/privacy',
}

/** Undefined members of an override leave the default in place. */
export const withDefaults = (brand: Brand): Brand & typeof DEFAULT_BRAND =>
  ({
    ...DEFAULT_BRAND,
    ...(Object.fromEntries(Object.entries(brand).filter(([, value]) => value !== undefined)) as Brand),
  }) as Brand & typeof DEFAULT_BRAND

/** The brand of the configuration, which names images by their files. @throws PiasError `config.invalid` */
export const loadBrand = (
  settings: Omit<Brand, 'logoUrl' | 'itsmeLogoUrl'> & { logo?: string | undefined; itsmeLogo?: string | undefined },
  findImage: (file: string) => FoundImage,
): Brand => {
  const { logo, itsmeLogo, ...brand } = settings
  const urlOf = (field: string, file: string | undefined): string | undefined => {
    if (file === undefined) return undefined
    const found = findImage(file)
    if ('problem' in found) throw new PiasError('config.invalid', `pages.brand.${field}: ${found.problem}`)
    return found.url
  }
  return { ...brand, logoUrl: urlOf('logo', logo), itsmeLogoUrl: urlOf('itsmeLogo', itsmeLogo) }
}
