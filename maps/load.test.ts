import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DefinitionError } from './faults.ts'
import { loadCatalog, loadTables, packageRoot } from './load.ts'

const DIRECTORIES = ['subgraphs/crm/tables', 'subgraphs/erp/tables', 'maps/catalog', 'maps/values']

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'lockstep-maps-'))
  for (const directory of DIRECTORIES)
    cpSync(join(packageRoot(), directory), join(root, directory), { recursive: true })
})
afterEach(() => rmSync(root, { recursive: true }))

/** Runs the check command on the copy: its exit code and what it printed. */
function check(): { readonly code: number; readonly out: string; readonly errors: string } {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url))
  try {
    const out = execFileSync(process.execPath, [main, root], { cwd: root, encoding: 'utf8', stdio: 'pipe' })
    return { code: 0, out, errors: '' }
  } catch (error) {
    if (!(error instanceof Error) || !('status' in error) || !('stderr' in error)) throw error
    return { code: Number(error.status), out: '', errors: String(error.stderr) }
  }
}

function edit(file: string, from: string, to: string): void {
  const path = join(root, file)
  const text = readFileSync(path, 'utf8')
  expect(text).toContain(from)
  writeFileSync(path, text.replace(from, to))
}

describe('loading', () => {
  it('reads the definitions of a folder in the order of their files', () => {
    writeFileSync(join(root, 'subgraphs/crm/tables/notes.txt'), 'no table')
    const tables = loadTables('CRM', join(root, 'subgraphs/crm/tables'))
    expect(tables.map(({ source }) => source.file)).toEqual(tables.map(({ source }) => source.file).toSorted())
    expect(new Set(tables.map(({ definition }) => definition.system))).toEqual(new Set(['CRM']))
  })

  it('refuses a folder with faults, and tells all of them', () => {
    const directory = join(root, 'subgraphs/crm/tables')
    writeFileSync(join(directory, 'a.yaml'), 'table: a\nscope: global\nkey: [x]\ncolumns: {}\n')
    writeFileSync(join(directory, 'b.yaml'), 'table: b\nscope: global\nkey: [y]\ncolumns: {}\n')
    expect(() => loadTables('CRM', directory)).toThrow(DefinitionError)
    expect(() => loadTables('CRM', directory)).toThrow(
      `${directory}/a.yaml:3:7: a has no column "x".\n${directory}/b.yaml:3:7: b has no column "y".`,
    )
  })

  it('refuses a folder that is not there', () => {
    const directories = { maps: join(root, 'nowhere'), values: join(root, 'maps/values') }
    expect(() => loadCatalog(directories)).toThrow(`${directories.maps}:1:1: There is no such folder`)
  })
})

describe('the check command', () => {
  it('prints a line for each map, in the order of their references', () => {
    const { code, out } = check()
    expect(code).toBe(0)
    const names = out
      .trimEnd()
      .split('\n')
      .map((line) => line.split(' ')[0])
    expect(names).toEqual(expect.arrayContaining(['customers', 'customerGroups', 'paymentTerms', 'currencies']))
    expect(names.indexOf('customerGroups')).toBeLessThan(names.indexOf('customers'))
  })

  it('prints every fault with its place, and fails', () => {
    writeFileSync(join(root, 'maps/catalog/broken.yaml'), 'map: a\n\nmap: b\n')
    edit('maps/values/yesno.yaml', 'values: yesno', 'values: yes-no')
    expect(check()).toEqual({
      code: 1,
      out: '',
      errors:
        'maps/catalog/broken.yaml:3:1: Map keys must be unique\n' +
        'maps/values/yesno.yaml:1:9: "values" must be a name: letters, digits and underscores, not beginning with a digit\n',
    })
  })

  it('finds what is wrong between files', () => {
    edit('maps/values/yesno.yaml', 'values: yesno', 'values: noyes')
    const { code, errors } = check()
    expect(code).toBe(1)
    expect(errors).toMatch(/^maps\/catalog\/[\w-]+\.yaml:\d+:\d+: There is no value map "yesno"\./)
  })

  it('fails for a package without maps', () => {
    rmSync(join(root, 'maps'), { recursive: true })
    mkdirSync(join(root, 'maps'))
    expect(check().errors).toContain('maps/catalog:1:1: There is no such folder')
  })
})
