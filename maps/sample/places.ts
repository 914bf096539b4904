/** Where the sample companies keep their goods: two sites each, and the warehouses on them. */

import type { Company } from './company.ts'
import type { SampleInput } from './sample-write.ts'

interface Place {
  readonly main: SiteLine
  readonly branch: SiteLine
}

interface SiteLine {
  readonly code: string
  readonly name: string
  readonly street: string
  readonly city: string
  readonly state: string | null
  readonly postalCode: string
  readonly country: 'US' | 'DE'
}

const PLACES: Readonly<Record<Company, Place>> = {
  usmf: {
    main: {
      code: 'JOL',
      name: 'Joliet',
      street: '900 Towpath Dr',
      city: 'Joliet',
      state: 'IL',
      postalCode: '60432',
      country: 'US',
    },
    branch: {
      code: 'SPK',
      name: 'Sparks',
      street: '35 Sagebrush Ct',
      city: 'Sparks',
      state: 'NV',
      postalCode: '89431',
      country: 'US',
    },
  },
  demf: {
    main: {
      code: 'HAM',
      name: 'Hamburg',
      street: 'Kontorkai 5',
      city: 'Hamburg',
      state: null,
      postalCode: '20457',
      country: 'DE',
    },
    branch: {
      code: 'KAS',
      name: 'Kassel',
      street: 'Am Güterbogen 18',
      city: 'Kassel',
      state: null,
      postalCode: '34117',
      country: 'DE',
    },
  },
}

export function sitesOf(company: Company): readonly SampleInput[] {
  const { main, branch } = PLACES[company]
  return [main, branch].map((site) => ({ company, ...site, addressAssigned: true }))
}

/** The branch is refilled from the main warehouse. */
export function warehousesOf(company: Company): readonly SampleInput[] {
  const { main, branch } = PLACES[company]
  const site = { code: main.code }
  return [
    { company, code: mainWarehouseOf(company), name: `${main.name} main warehouse`, site, fallback: true },
    { company, code: `${main.code}-QUA`, name: `${main.name} inspection`, site, type: 'QUARANTINE' },
    { company, code: `${main.code}-TRA`, name: `In transit from ${main.name}`, site, type: 'TRANSIT' },
    {
      company,
      code: branchWarehouseOf(company),
      name: `${branch.name} warehouse`,
      site: { code: branch.code },
      mainRefillingWarehouse: { code: mainWarehouseOf(company) },
      quarantineWarehouse: { code: `${main.code}-QUA` },
      transitWarehouse: { code: `${main.code}-TRA` },
      refilledFromMain: true,
    },
  ]
}

/** Where an order is sent from: every fourth from the branch. */
export function shippedFrom(company: Company, index: number): SampleInput {
  const { main, branch } = PLACES[company]
  return index % 4 === 3
    ? { site: { code: branch.code }, warehouse: { code: branchWarehouseOf(company) } }
    : { site: { code: main.code }, warehouse: { code: mainWarehouseOf(company) } }
}

function mainWarehouseOf(company: Company): string {
  return `${PLACES[company].main.code}-MAIN`
}

function branchWarehouseOf(company: Company): string {
  return `${PLACES[company].branch.code}-MAIN`
}
