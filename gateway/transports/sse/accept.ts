/** What a client says that it can read. */

const named = (accept: string, type: string): boolean =>
  accept.split(',').some((range) => {
    const [name, ...parameters] = range.split(';').map((part) => part.trim().toLowerCase())
    return name === type && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))
  })

/** An event stream is for who asks for one by name: no tag of a web page does. */
export const takesEvents = (accept = ''): boolean => named(accept, 'text/event-stream')

/** Whether it would take any answer there is. */
export const takesAnything = (accept = ''): boolean => named(accept, '*/*') || named(accept, 'application/*')

const JSON_TYPES = ['application/graphql-response+json', 'application/json']

/** As which of GraphQL's own types the client takes what is no stream; null: as none. */
export const jsonTypeFor = (accept = ''): string | null => JSON_TYPES.find((type) => named(accept, type)) ?? null
