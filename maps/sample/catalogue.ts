/** What the sample companies trade in: one catalogue with English and German names; every product is made up. */

import type { UnitSymbol } from './units.ts'

export interface CatalogueItem {
  readonly number: string
  readonly english: string
  readonly german: string
  readonly category: { readonly english: string; readonly german: string }
  readonly unit: UnitSymbol
  /** Of one unit, the same number in either company's own currency. */
  readonly price: number
  /** First day on which it is no longer sold; null for what still is. */
  readonly discontinuedOn: string | null
}

type Line = readonly [
  number: string,
  english: string,
  german: string,
  unit: UnitSymbol,
  price: number,
  discontinuedOn?: string,
]

type Category = readonly [english: string, german: string, lines: readonly Line[]]

const CATEGORIES: readonly Category[] = [
  [
    'Hand tools',
    'Handwerkzeuge',
    [
      ['HT-1010', 'Claw hammer, ash handle', 'Klauenhammer, Eschenstiel', 'PCS', 24.9],
      ['HT-1020', 'Screwdriver set, 8 pieces', 'Schraubendrehersatz, 8-teilig', 'SET', 32.5],
      ['HT-1030', 'Combination pliers, 180 mm', 'Kombizange, 180 mm', 'PCS', 18.75],
      ['HT-1040', 'Adjustable wrench, 250 mm', 'Rollgabelschlüssel, 250 mm', 'PCS', 27.4],
      ['HT-1050', 'Socket set, 46 pieces', 'Steckschlüsselsatz, 46-teilig', 'SET', 89],
      ['HT-1060', 'Japanese pull saw', 'Japanische Zugsäge', 'PCS', 41.2],
      ['HT-1070', 'Hand drill with two speeds', 'Handbohrmaschine mit zwei Gängen', 'PCS', 58, '2026-03-01'],
    ],
  ],
  [
    'Fasteners',
    'Befestigung',
    [
      ['FA-2010', 'Wood screws 4 × 40, box of 200', 'Holzschrauben 4 × 40, 200 Stück', 'BOX', 11.9],
      ['FA-2020', 'Wood screws 5 × 60, box of 200', 'Holzschrauben 5 × 60, 200 Stück', 'BOX', 16.4],
      ['FA-2030', 'Hexagon bolts M8, box of 100', 'Sechskantschrauben M8, 100 Stück', 'BOX', 21.8],
      ['FA-2040', 'Wall plugs 8 mm, box of 500', 'Dübel 8 mm, 500 Stück', 'BOX', 14.2],
      ['FA-2050', 'Wire nails, loose', 'Drahtstifte, lose', 'KG', 4.6],
      ['FA-2060', 'Threaded rod M10', 'Gewindestange M10', 'M', 3.85],
    ],
  ],
  [
    'Measuring',
    'Messen',
    [
      ['ME-3010', 'Tape measure, 5 m', 'Bandmaß, 5 m', 'PCS', 9.9],
      ['ME-3020', 'Spirit level, 600 mm', 'Wasserwaage, 600 mm', 'PCS', 29.5],
      ['ME-3030', 'Digital caliper, 150 mm', 'Digitaler Messschieber, 150 mm', 'PCS', 46],
      ['ME-3040', 'Cross-line laser', 'Kreuzlinienlaser', 'PCS', 189],
      ['ME-3050', 'Platform scale, 150 kg', 'Plattformwaage, 150 kg', 'PCS', 340],
    ],
  ],
  [
    'Workplace safety',
    'Arbeitsschutz',
    [
      ['SA-4010', 'Work gloves, leather', 'Arbeitshandschuhe, Leder', 'PAIR', 12.3],
      ['SA-4020', 'Safety glasses, clear', 'Schutzbrille, klar', 'PCS', 8.4],
      ['SA-4030', 'Hearing protectors', 'Gehörschützer', 'PCS', 22.7],
      ['SA-4040', 'Safety shoes, ankle high', 'Sicherheitsschuhe, knöchelhoch', 'PAIR', 74.5],
      ['SA-4050', 'High-visibility vest', 'Warnweste', 'PCS', 6.9],
      ['SA-4060', 'First-aid cabinet, filled', 'Verbandschrank, gefüllt', 'PCS', 118],
      ['SA-4070', 'Dust masks, box of 20', 'Staubmasken, 20 Stück', 'BOX', 19.6],
    ],
  ],
  [
    'Lighting and electrics',
    'Licht und Elektro',
    [
      ['LI-5010', 'LED panel, 60 × 60 cm', 'LED-Panel, 60 × 60 cm', 'PCS', 52],
      ['LI-5020', 'Work light, 30 W', 'Arbeitsleuchte, 30 W', 'PCS', 44.9],
      ['LI-5030', 'Halogen floodlight, 400 W', 'Halogenstrahler, 400 W', 'PCS', 31, '2025-12-01'],
      ['LI-5040', 'Cable 3 × 1.5 mm²', 'Kabel 3 × 1,5 mm²', 'M', 1.35],
      ['LI-5050', 'Cable reel, 40 m', 'Kabeltrommel, 40 m', 'PCS', 68],
      ['LI-5060', 'Portable generator, 3 kW', 'Stromerzeuger, 3 kW', 'PCS', 920],
    ],
  ],
  [
    'Packaging',
    'Verpackung',
    [
      ['PA-6010', 'Folding cartons, medium, bundle of 25', 'Faltkartons, mittel, 25 Stück', 'BOX', 28.5],
      ['PA-6020', 'Folding cartons, large, bundle of 15', 'Faltkartons, groß, 15 Stück', 'BOX', 33],
      ['PA-6030', 'Packing tape, 66 m', 'Packband, 66 m', 'ROLL', 2.9],
      ['PA-6040', 'Stretch film, 300 m', 'Stretchfolie, 300 m', 'ROLL', 13.7],
      ['PA-6050', 'Packing paper', 'Packpapier', 'KG', 2.2],
      ['PA-6060', 'Pallet wrapper, semi-automatic', 'Palettenwickler, halbautomatisch', 'PCS', 4_850],
    ],
  ],
  [
    'Cleaning and care',
    'Reinigung und Pflege',
    [
      ['CL-7010', 'Universal cleaner', 'Universalreiniger', 'L', 5.4],
      ['CL-7020', 'Machine oil', 'Maschinenöl', 'L', 12.8],
      ['CL-7030', 'Wiping cloths, roll of 500', 'Putztücher, Rolle mit 500', 'ROLL', 17.9],
      ['CL-7040', 'Wet and dry vacuum cleaner', 'Nass- und Trockensauger', 'PCS', 215],
      ['CL-7050', 'Oil binder', 'Ölbindemittel', 'KG', 3.1],
      ['CL-7060', 'Carbon remover', 'Kohleentferner', 'L', 21.5, '2026-06-15'],
    ],
  ],
  [
    'Storage',
    'Lager',
    [
      ['ST-8010', 'Shelf unit, 5 boards', 'Regal, 5 Böden', 'PCS', 129],
      ['ST-8020', 'Stacking box, 20 l', 'Stapelbox, 20 l', 'PCS', 9.2],
      ['ST-8030', 'Hand pallet truck', 'Hubwagen', 'PCS', 395],
      ['ST-8040', 'Workbench, 1500 mm', 'Werkbank, 1500 mm', 'PCS', 460],
      ['ST-8050', 'Rubber mat', 'Gummimatte', 'M', 15.6],
    ],
  ],
  [
    'Services',
    'Dienste',
    [
      ['SV-9010', 'Assembly on site', 'Montage vor Ort', 'H', 68],
      ['SV-9020', 'Safety inspection', 'Sicherheitsprüfung', 'H', 82],
    ],
  ],
]

export const CATALOGUE: readonly CatalogueItem[] = CATEGORIES.flatMap(([english, german, lines]) =>
  lines.map((line) => itemOf(line, { english, german })),
)

function itemOf(line: Line, category: CatalogueItem['category']): CatalogueItem {
  const [number, english, german, unit, price, discontinuedOn = null] = line
  return { number, english, german, category, unit, price, discontinuedOn }
}
