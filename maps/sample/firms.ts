/** Invented firms that buy from the sample companies; every name, street and number is made up. */

export type GroupCode = 'RETAIL' | 'WHOLESALE' | 'INDUSTRY' | 'PUBLIC' | 'PARTNER'
export type CountryCode = keyof typeof COUNTRIES

export interface Firm {
  readonly name: string
  readonly group: GroupCode
  readonly country: CountryCode
  readonly street: string
  readonly city: string
  readonly state: string | null
  readonly postalCode: string
}

/** What a firm's country says of it: the currency it pays in, its language and its telephone numbers. */
export const COUNTRIES = {
  US: { currency: 'USD', language: 'EN_US', phone: '+1 202 555 01' },
  CA: { currency: 'CAD', language: 'EN_CA', phone: '+1 613 555 01' },
  MX: { currency: 'MXN', language: 'ES_MX', phone: '+52 55 5550 01' },
  GB: { currency: 'GBP', language: 'EN_GB', phone: '+44 20 7946 01' },
  AU: { currency: 'AUD', language: 'EN_AU', phone: '+61 2 5550 01' },
  JP: { currency: 'JPY', language: 'JA', phone: '+81 3 5550 01' },
  DE: { currency: 'EUR', language: 'DE', phone: '+49 30 23125 1' },
  AT: { currency: 'EUR', language: 'DE_AT', phone: '+43 1 555 01' },
  CH: { currency: 'CHF', language: 'DE_CH', phone: '+41 44 555 01 ' },
  FR: { currency: 'EUR', language: 'FR', phone: '+33 1 99 00 01 ' },
  NL: { currency: 'EUR', language: 'NL', phone: '+31 20 555 01' },
  SE: { currency: 'SEK', language: 'SV', phone: '+46 8 465 004 ' },
  DK: { currency: 'DKK', language: 'DA', phone: '+45 55 50 01 ' },
  PL: { currency: 'PLN', language: 'PL', phone: '+48 22 555 01 ' },
} as const

type Line = readonly [
  name: string,
  group: GroupCode,
  country: CountryCode,
  street: string,
  city: string,
  state: string | null,
  postalCode: string,
]

const AMERICAN: readonly Line[] = [
  ['Larkspur Instruments', 'INDUSTRY', 'US', '1420 Cedar Hollow Rd', 'Duluth', 'MN', '55802'],
  ['Tallgrass Outfitters', 'RETAIL', 'US', '88 Prairie View Ave', 'Salina', 'KS', '67401'],
  ['Copperline Hardware', 'WHOLESALE', 'US', '310 Smelter Way', 'Butte', 'MT', '59701'],
  ['Harbor & Vane Marine Supply', 'WHOLESALE', 'US', '7 Long Wharf', 'Bath', 'ME', '04530'],
  ['Juniper Street Books', 'RETAIL', 'US', '219 Juniper St', 'Bend', 'OR', '97701'],
  ['Meridian Optics', 'INDUSTRY', 'US', '5600 Lens Mill Dr', 'Rochester', 'NY', '14623'],
  ['Saltmarsh Foods', 'WHOLESALE', 'US', '41 Causeway Blvd', 'Savannah', 'GA', '31401'],
  ['Red Mesa Builders', 'PARTNER', 'US', '902 Canyon Loop', 'Gallup', 'NM', '87301'],
  ['Bluewater Transit Authority', 'PUBLIC', 'US', '1 Ferry Plaza', 'Port Huron', 'MI', '48060'],
  ['Quillfeather Paper', 'INDUSTRY', 'US', '77 Millrace Ct', 'Appleton', 'WI', '54911'],
  ['Foxglove Garden Centers', 'RETAIL', 'US', '2300 Orchard Pike', 'Lancaster', 'PA', '17601'],
  ['Ironwood Robotics', 'INDUSTRY', 'US', '15 Foundry Park', 'Pittsburgh', 'PA', '15201'],
  ['Cascadia School District', 'PUBLIC', 'US', '640 Evergreen Way', 'Olympia', 'WA', '98501'],
  ['Pelican Bay Hospitality', 'PARTNER', 'US', '18 Gulfside Pkwy', 'Naples', 'FL', '34102'],
  ['Stonefield Dairy', 'WHOLESALE', 'US', '4 Creamery Ln', 'Montpelier', 'VT', '05602'],
  ['Northlight Cinemas', 'RETAIL', 'US', '510 Aurora St', 'Fairbanks', 'AK', '99701'],
  ['Maple Ridge Furniture', 'RETAIL', 'CA', '120 Sawmill Rd', 'Kingston', 'ON', 'K7L 2Z4'],
  ['Prairie Wind Energy', 'INDUSTRY', 'CA', '33 Turbine Trail', 'Regina', 'SK', 'S4P 3Y2'],
  ['Fundy Seafood', 'WHOLESALE', 'CA', '9 Tidewater Lane', 'Saint John', 'NB', 'E2L 4L1'],
  ['Laurentide Sports', 'RETAIL', 'CA', '405 rue du Lac', 'Gatineau', 'QC', 'J8X 2K1'],
  ['Cerámica del Valle', 'INDUSTRY', 'MX', 'Calle Alfareros 52', 'Puebla', 'PUE', '72000'],
  ['Agave Azul Distribuciones', 'WHOLESALE', 'MX', 'Av. de los Magueyes 810', 'Guadalajara', 'JAL', '44100'],
  ['Textiles Quetzal', 'PARTNER', 'MX', 'Calle Telar 17', 'Oaxaca', 'OAX', '68000'],
  ['Pennywhistle Toys', 'RETAIL', 'GB', '14 Cobbler Row', 'York', null, 'YO1 7HH'],
  ['Severnside Engineering', 'INDUSTRY', 'GB', '2 Dockgate Road', 'Bristol', null, 'BS1 6UD'],
  ['Thistle & Heath Woollens', 'WHOLESALE', 'GB', '61 Weaver Wynd', 'Galashiels', null, 'TD1 3AS'],
  ['Wattle Creek Winery', 'WHOLESALE', 'AU', '750 Vineyard Rd', 'Mudgee', 'NSW', '2850'],
  ['Southern Cross Surveying', 'PARTNER', 'AU', '28 Theodolite St', 'Hobart', 'TAS', '7000'],
  ['Akebono Precision', 'INDUSTRY', 'JP', '3-8-12 Kawabata', 'Kanazawa', 'Ishikawa', '920-0001'],
  ['Hoshizora Stationery', 'RETAIL', 'JP', '1-2-6 Honmachi', 'Matsue', 'Shimane', '690-0001'],
]

const GERMAN: readonly Line[] = [
  ['Fichtner Werkzeugbau', 'INDUSTRY', 'DE', 'Hammerweg 12', 'Solingen', null, '42651'],
  ['Buchhandlung Seerose', 'RETAIL', 'DE', 'Uferstraße 3', 'Konstanz', null, '78462'],
  ['Nordlicht Leuchten', 'WHOLESALE', 'DE', 'Am Speicher 27', 'Lübeck', null, '23552'],
  ['Stadtwerke Ahrensfurt', 'PUBLIC', 'DE', 'Wasserturmplatz 1', 'Ahrensfurt', null, '99891'],
  ['Kaffeerösterei Morgenrot', 'RETAIL', 'DE', 'Bohnengasse 8', 'Bremen', null, '28195'],
  ['Rheintal Verpackungen', 'INDUSTRY', 'DE', 'Kartonstraße 40', 'Neuwied', null, '56564'],
  ['Alpenrad Fahrräder', 'RETAIL', 'AT', 'Inntalstraße 15', 'Innsbruck', null, '6020'],
  ['Donauholz Sägewerke', 'WHOLESALE', 'AT', 'Flößerlände 2', 'Linz', null, '4020'],
  ['Zeitglas Uhren', 'PARTNER', 'CH', 'Unruhgasse 9', 'Biel', 'BE', '2502'],
  ['Gipfelkäse Genossenschaft', 'WHOLESALE', 'CH', 'Sennweg 21', 'Chur', 'GR', '7000'],
  ['Atelier Mirabelle', 'RETAIL', 'FR', '18 rue des Vergers', 'Nancy', null, '54000'],
  ['Voiles de Cornouaille', 'INDUSTRY', 'FR', '5 quai du Gréement', 'Quimper', null, '29000'],
  ['Comptoir du Midi', 'WHOLESALE', 'FR', '102 avenue des Oliviers', 'Nîmes', null, '30000'],
  ['Tulpenveld Bloemen', 'WHOLESALE', 'NL', 'Bollenlaan 66', 'Lisse', null, '2161 AB'],
  ['Waterkant Pompen', 'INDUSTRY', 'NL', 'Gemaalkade 4', 'Dordrecht', null, '3311 GG'],
  ['Björkdal Möbler', 'RETAIL', 'SE', 'Svarvargatan 11', 'Växjö', null, '352 30'],
  ['Malmfält Teknik', 'INDUSTRY', 'SE', 'Gruvvägen 90', 'Gällivare', null, '982 31'],
  ['Havnegade Fisk', 'WHOLESALE', 'DK', 'Auktionskajen 7', 'Esbjerg', null, '6700'],
  ['Rytter Cykler', 'PARTNER', 'DK', 'Egernstien 30', 'Odense', null, '5000'],
  ['Bursztyn Pracownia', 'RETAIL', 'PL', 'ul. Jantarowa 13', 'Gdańsk', null, '80-001'],
]

/** The firms of each sample company, in the order of their numbers. */
export const FIRMS: Readonly<Record<'usmf' | 'demf', readonly Firm[]>> = {
  usmf: AMERICAN.map(firm),
  demf: GERMAN.map(firm),
}

function firm([name, group, country, street, city, state, postalCode]: Line): Firm {
  return { name, group, country, street, city, state, postalCode }
}
