import { describe, expect, it } from 'vitest'
import { isForeignPage } from './origin.ts'

describe('isForeignPage', () => {
  const host = 'lockstep.example:4000'

  it.each([
    ['what is no browser', { host }],
    ['a page of the same host', { host, origin: 'http://lockstep.example:4000' }],
    [
      'a page of the same host behind a proxy that ends TLS',
      { host: 'lockstep.example', origin: 'https://lockstep.example' },
    ],
    ['a page of the same host, in capitals', { host: 'Lockstep.Example:4000', origin: 'http://lockstep.example:4000' }],
    [
      'a page of the same origin behind a proxy that renames the host',
      { host: '10.0.0.7', origin: 'https://a.example', 'sec-fetch-site': 'same-origin' },
    ],
    ['an address that a user typed', { host, 'sec-fetch-site': 'none' }],
    ['an origin that is allowed', { host, origin: 'https://shop.example' }],
  ])('lets in %s', (_case, headers) => {
    expect(isForeignPage(headers, ['https://shop.example'])).toBe(false)
  })

  it.each([
    ['a page of another host', { host, origin: 'https://evil.example' }],
    ['a page at another port', { host, origin: 'http://lockstep.example:8080' }],
    ['a page of no origin', { host, origin: 'null' }],
    ['an origin that only begins like one that is allowed', { host, origin: 'https://shop.example.evil.example' }],
    ['a page that does not tell its origin', { host, 'sec-fetch-site': 'cross-site' }],
    ['a page of a neighbouring host', { host, 'sec-fetch-site': 'same-site' }],
    ['a page where the request names no host', { origin: 'https://evil.example' }],
  ])('keeps out %s', (_case, headers) => {
    expect(isForeignPage(headers, ['https://shop.example'])).toBe(true)
  })
})
