/**
 * Cells that a spreadsheet would run as formulas, made harmless by an apostrophe before them, and back. One is put before
 * those that begin with apostrophes already, too, so that every text comes back as it was. The characters are those of
 * OWASP's page on CSV injection.
 */

const DANGEROUS = /^'*[=+\-@\t\r\n＝＋－＠]/
const HARMLESS = /^'+[=+\-@\t\r\n＝＋－＠]/

export function harmless(text: string): string {
  return DANGEROUS.test(text) ? `'${text}` : text
}

/** What `harmless` was given. */
export function restored(text: string): string {
  return HARMLESS.test(text) ? text.slice(1) : text
}
