import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Config, ConfigError, readConfig, SETTINGS } from './config.ts'

const faultsOf = (env: Record<string, string>): readonly string[] => {
  try {
    readConfig(env)
  } catch (error) {
    if (error instanceof ConfigError) return error.faults
    throw error
  }
  return []
}

describe('readConfig', () => {
  it('needs no variable at all', () => {
    expect(readConfig({})).toMatchObject({
      host: '127.0.0.1',
      port: 4000,
      dataDirectory: './data',
      sampleData: true,
      serviceToken: null,
      logLevel: 'info',
      bodyBytesMax: 2_097_152,
      uploadBytesMax: 1_073_741_824,
      uploadExpiresMs: 86_400_000,
      importsKeepMs: 2_592_000_000,
      uploadsMax: 1_000,
      timeoutDefaultMs: 10_000,
      timeoutMaxMs: 60_000,
      changesKeepMs: 604_800_000,
      changesKeepBytes: 1_073_741_824,
      drainMs: 10_000,
      crmUrl: 'http://127.0.0.1:4001',
      erpUrl: 'http://127.0.0.1:4002',
      gatewayUrls: ['http://127.0.0.1:4000'],
      callTimeoutMs: 5_000,
      connectionsMax: 10_000,
      subscriptionsPerConnectionMax: 100,
      subscriptionsMax: 20_000,
      pageOrigins: [],
    })
  })

  it('takes an empty variable for one that is not set', () => {
    expect(readConfig({ LOCKSTEP_PORT: '', LOCKSTEP_SERVICE_TOKEN: '' })).toEqual(readConfig({}))
  })

  it.each([
    ['LOCKSTEP_PORT', '0', { port: 0 }],
    ['LOCKSTEP_SAMPLE_DATA', 'false', { sampleData: false }],
    ['LOCKSTEP_DATA_DIR', '/data', { dataDirectory: '/data' }],
    ['LOCKSTEP_SERVICE_TOKEN', '0123456789abcdef', { serviceToken: '0123456789abcdef' }],
    ['LOCKSTEP_LOG_LEVEL', 'silent', { logLevel: 'silent' }],
    ['LOCKSTEP_PAGE_MAX', '50', { pageSizeMax: 50 }],
    ['LOCKSTEP_UPLOAD_BYTES_MAX', '1', { uploadBytesMax: 1 }],
    ['LOCKSTEP_UPLOAD_EXPIRES_MS', '60000', { uploadExpiresMs: 60_000 }],
    ['LOCKSTEP_IMPORTS_KEEP_MS', '60000', { importsKeepMs: 60_000 }],
    ['LOCKSTEP_UPLOADS_MAX', '5', { uploadsMax: 5 }],
    ['LOCKSTEP_CONNECTIONS_MAX', '1', { connectionsMax: 1 }],
    [
      'LOCKSTEP_PAGE_ORIGINS',
      'https://a.example,https://b.example:8443',
      { pageOrigins: ['https://a.example', 'https://b.example:8443'] },
    ],
    ['LOCKSTEP_SUBSCRIBER_SLOW_MS', '5000', { subscriberSlowMs: 5_000 }],
    ['LOCKSTEP_CHANGES_KEEP_MS', '60000', { changesKeepMs: 60_000 }],
    ['LOCKSTEP_CHANGES_KEEP_BYTES', '1048576', { changesKeepBytes: 1_048_576 }],
    ['LOCKSTEP_CRM_URL', 'https://crm.example/', { crmUrl: 'https://crm.example' }],
    ['LOCKSTEP_GATEWAY_URLS', 'http://a:1, http://b:2', { gatewayUrls: ['http://a:1', 'http://b:2'] }],
  ] satisfies [string, string, Partial<Config>][])('%s=%s', (variable, value, expected) => {
    expect(readConfig({ [variable]: value })).toMatchObject(expected)
  })

  it.each([
    ['LOCKSTEP_PORT', '65536', 'must lie between 0 and 65535'],
    ['LOCKSTEP_PORT', '-1', 'must be a whole number'],
    ['LOCKSTEP_PORT', '4000.5', 'must be a whole number'],
    ['LOCKSTEP_PORT', ' 4000', 'must be a whole number'],
    ['LOCKSTEP_SAMPLE_DATA', 'yes', 'must be true or false'],
    ['LOCKSTEP_LOG_LEVEL', 'loud', 'must be one of trace, debug, info, warn, error, fatal, silent'],
    ['LOCKSTEP_SERVICE_TOKEN', 'short', 'must be at least 16 visible ASCII characters without a space'],
    ['LOCKSTEP_BODY_LIMIT_BYTES', '2MiB', 'must be a whole number'],
    ['LOCKSTEP_UPLOAD_BYTES_MAX', '0', 'must lie between 1 and 1099511627776'],
    ['LOCKSTEP_UPLOAD_EXPIRES_MS', '1000', 'must lie between 60000 and 7776000000'],
    ['LOCKSTEP_IMPORTS_KEEP_MS', '0', 'must lie between 60000 and 86400000000'],
    ['LOCKSTEP_SUBSCRIPTIONS_MAX', '0', 'must lie between 1 and 1000000'],
    ['LOCKSTEP_SUBSCRIPTIONS_PER_CONNECTION_MAX', '10001', 'must lie between 1 and 10000'],
    ['LOCKSTEP_PAGE_ORIGINS', '*', 'must be an address like http://127.0.0.1:4000, without a path'],
    ['LOCKSTEP_SUBSCRIBER_SLOW_MS', '0', 'must lie between 100 and 600000'],
    ['LOCKSTEP_CHANGES_KEEP_MS', '0', 'must lie between 1000 and 86400000000'],
    ['LOCKSTEP_CHANGES_KEEP_BYTES', '1GiB', 'must be a whole number'],
    ['LOCKSTEP_CRM_URL', 'crm:4001', 'must be an address like http://127.0.0.1:4000, without a path'],
    ['LOCKSTEP_ERP_URL', 'http://erp:4002/erp', 'must be an address like http://127.0.0.1:4000, without a path'],
    ['LOCKSTEP_ERP_URL', 'http://me:secret@erp', 'must be an address like http://127.0.0.1:4000, without a path'],
    ['LOCKSTEP_GATEWAY_URLS', 'http://a:1,', 'must be an address like http://127.0.0.1:4000, without a path'],
  ])('refuses %s=%s', (variable, value, message) => {
    expect(faultsOf({ [variable]: value })).toContain(`${variable} ${message}`)
  })

  it('takes the defaults of a kind of process where the environment says nothing', () => {
    const defaults = { port: 4001, sampleData: false }
    expect(readConfig({}, defaults)).toMatchObject(defaults)
    expect(readConfig({ LOCKSTEP_PORT: '1', LOCKSTEP_SAMPLE_DATA: 'true' }, defaults)).toMatchObject({
      port: 1,
      sampleData: true,
    })
  })

  it('names every wrong variable in one error', () => {
    expect(faultsOf({ LOCKSTEP_PORT: 'x', LOCKSTEP_SAMPLE_DATA: 'x', LOCKSTEP_DRAIN_MS: 'x' })).toEqual([
      expect.stringContaining('LOCKSTEP_PORT'),
      expect.stringContaining('LOCKSTEP_SAMPLE_DATA'),
      expect.stringContaining('LOCKSTEP_DRAIN_MS'),
    ])
  })

  it('refuses a default timeout above the longest one', () => {
    expect(faultsOf({ LOCKSTEP_DEFAULT_TIMEOUT_MS: '2000', LOCKSTEP_MAX_TIMEOUT_MS: '1000' })).toEqual([
      'LOCKSTEP_DEFAULT_TIMEOUT_MS must not exceed LOCKSTEP_MAX_TIMEOUT_MS',
    ])
  })

  it('is frozen', () => {
    expect(Object.isFrozen(readConfig({}))).toBe(true)
  })

  it('either reads any text or names its variable, and never fails otherwise', () => {
    const variables = Object.values(SETTINGS).map((setting) => setting.variable)
    fc.assert(
      fc.property(fc.constantFrom(...variables), fc.string(), (variable, value) => {
        for (const fault of faultsOf({ [variable]: value })) expect(fault).toContain('LOCKSTEP_')
      }),
    )
  })
})

describe('SETTINGS', () => {
  it('gives every setting a variable of its own and a sentence', () => {
    const settings = Object.values(SETTINGS)
    expect(new Set(settings.map((setting) => setting.variable)).size).toBe(settings.length)
    for (const setting of settings) expect(setting.description).toMatch(/\.$/)
  })
})
