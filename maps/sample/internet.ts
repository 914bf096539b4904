/** Names of firms and people as parts of their addresses in the internet, under a domain that nobody can own. */

const LETTERS_BY_NAME: readonly (readonly [string, string])[] = [
  ['ß', 'ss'],
  ['ø', 'o'],
  ['ł', 'l'],
]

/** `harbor-vane-marine-supply.example` for Harbor & Vane Marine Supply. */
export function domainOf(firm: string): string {
  return `${plain(firm)}.example`
}

export function mailboxOf(firstName: string, lastName: string): string {
  return `${plain(firstName)}.${plain(lastName)}`
}

function plain(name: string): string {
  const known = LETTERS_BY_NAME.reduce((text, [letter, other]) => text.replaceAll(letter, other), name.toLowerCase())
  return known
    .normalize('NFD')
    .replaceAll(/\p{Mark}/gu, '')
    .replaceAll(/[^a-z]+/g, '-')
}
