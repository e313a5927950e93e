import { formatNumber } from '../lib/format';

const n = (value: number) => formatNumber(value, 'en');
const rule = new Intl.PluralRules('en');
const plural = (count: number, one: string, other: string) =>
  `${n(count)} ${rule.select(count) === 'one' ? one : other}`;
const photos = (count: number) => plural(count, 'photo', 'photos');

/** What the window says about people. */
export const people = {
  // Places
  navPeople: 'People',
  somebody: 'this person',
  unnamed: 'No name yet',
  addName: 'Add a name',
  nameOf: 'Name',
  undo: 'Undo',
  photosOf: (name: string, count: number) => `${name}, ${photos(count)}`,
  unnamedPerson: (count: number) => `Person without a name, ${photos(count)}`,

  // Consent
  consentTitle: 'Find the people in your photos',
  consentText: 'Kindred can find faces, and put together the photos of each person. It is off until you turn it on.',
  consentWhatTitle: 'What is done',
  consentWhatText:
    'In every photo, faces are looked for. Each is described by 128 numbers, and faces with like numbers are put together. You give the names.',
  consentLocalTitle: 'Nothing leaves this machine',
  consentLocalText:
    'It all happens here, as with the rest of Kindred. Faces and names are in the library’s folder and nowhere else.',
  consentPersonalTitle: 'Faces are personal data',
  consentPersonalText:
    'They belong to the people in your photos, not to you alone. Where others use this library, ask before you turn this on.',
  consentEraseTitle: 'Gone whenever you like',
  consentEraseText:
    'Turn it off in the settings, and every face, name and decision is erased for good. Your photos stay as they are.',
  consentModels: 'The two models it needs',
  consentModelsText: (size: string) => `${size} together, downloaded once. You can also bring the files yourself.`,
  consentHere: 'Both models are installed already.',
  turnOn: 'Turn on',
  turnOnAndGet: 'Turn on and download',
  consentAgain: 'By turning it on, you agree to what is said above.',

  // Models
  purposePeople: 'For people',
  purposePeopleText: 'Find faces, and tell people apart. They are used only when you have turned people on.',
  needsModelsTitle: 'The models for faces are not here yet',
  needsModelsText: 'Kindred begins by itself as soon as both are installed.',
  installedOnly: (name: string) => `${name} is installed.`,
  turnOffAgain: 'Turn off again',

  // People page
  peopleNamed: 'Named',
  peopleWho: 'Who is this?',
  peopleWhoText: 'Seen often. Click a face to see the photos, or give a name right here.',
  peopleSmall: (count: number) => `Seen once or a few times: ${plural(count, 'person', 'people')}`,
  peopleHidden: (count: number) => `Hidden: ${plural(count, 'person', 'people')}`,
  peopleHint: 'Drag one onto another when both are the same person.',
  peopleCount: (named: number, unnamed: number) => `${n(named)} named, ${n(unnamed)} without a name`,
  findingFaces: (done: string, total: string) => `Looking for faces: ${done} of ${total} photos`,
  noPeopleTitle: 'No faces found yet',
  noPeopleText: 'People appear here as soon as Kindred finds them in your photos.',
  noPeopleDone: 'There are no faces in your photos that are large enough to tell apart.',
  lookForFaces: 'Look for faces now',
  morePeople: (count: number) => `Show ${n(count)} more`,
  suggestionsWaiting: (count: number) => `${plural(count, 'face', 'faces')} to confirm`,
  personActions: (name: string) => `More for ${name}`,
  rename: 'Rename',
  mergeWith: 'Same person as…',
  hide: 'Hide',
  unhide: 'Show again',
  removeName: 'Take the name away',
  dropToMerge: (name: string) => `Same as ${name}`,
  nameHint: 'Enter to save, Esc to leave it',
  knownPeople: 'People you have named',

  // Questions
  sameNameTitle: (name: string) => `Is this the same ${name}?`,
  sameNameText: (name: string) => `There is a ${name} already. If it is the same person, the photos are put together.`,
  samePerson: 'The same person',
  differentPeople: 'Two different people',
  twoNamesTitle: (from: string, into: string) => `Is ${from} the same person as ${into}?`,
  twoNamesText: (from: string, into: string) => `All photos of ${from} become photos of ${into}. You can undo this.`,
  mergePickTitle: (name: string) => `Who is the same person as ${name}?`,
  mergePickText: 'Both become one, with the photos of both.',
  findAmong: 'Find a name',
  nobodyFound: 'Nobody has such a name.',
  splitTitle: (count: number) => `Who is in ${count === 1 ? 'this photo' : `these ${photos(count)}`}?`,
  splitText: (name: string) => `They are taken from ${name}.`,
  splitUnnamed: 'Somebody without a name',
  whichFaceTitle: 'Whom do you mean?',
  whichFaceText: 'There are several people in this photo. Choose a face to find more photos of that person.',
  whichFaceFromLeft: 'There are several faces in this picture. They are counted from the left.',
  faceNumbered: (at: number, of: number) => `Face ${n(at)} of ${n(of)}`,

  // A person's page
  photosOfYears: (count: number, first: number, last: number) =>
    first === last ? `${photos(count)}, ${first}` : `${photos(count)}, ${first}–${last}`,
  searchWithPerson: 'Search with',
  notThem: 'Not this person',
  someoneElse: 'Someone else…',
  useAsCover: 'Use as picture',
  isThisAlso: (name: string) => `Is this also ${name}?`,
  isThisThem: 'Is this the same person?',
  showSuggestions: 'Look at them',
  noPhotosOfPerson: 'No photo of this person is in the library any more.',

  // Review
  reviewTitle: 'Faces to confirm',
  reviewYes: 'Yes',
  reviewNo: 'No',
  reviewSkip: 'Not sure',
  reviewBack: 'Back to the last one',
  reviewAnswered: (count: number) => `${n(count)} answered`,
  reviewDoneTitle: 'That is all for now',
  reviewDoneText: (count: number) =>
    count === 0
      ? 'There is nothing to confirm. New questions come with new photos.'
      : `Thank you: ${plural(count, 'answer', 'answers')}. New questions come with new photos.`,
  reviewFace: 'The face in question',
  reviewPhoto: 'The photo that it is in',
  reviewKnown: (name: string) => `${name}, for comparison`,
  reviewKeys: 'Y for yes, N for no, S if you are not sure, Ctrl+Z to go back',

  // Viewer
  showFaces: 'Show faces',
  facesIn: 'Faces in this photo',
  noFaceHere: 'No face was found in this photo.',
  whoIsThis: 'Who is this?',
  isThis: (name: string) => `Is this ${name}?`,
  allPhotosOf: (name: string) => `All photos of ${name}`,
  goToPerson: 'All photos of this person',
  findThisFace: 'Find photos by this face',
  notAFace: 'Not a face',
  infoPeople: 'People',
  peopleAreOff: 'People are not looked for. You can turn it on.',

  // Menu
  menuFindPerson: 'Find this person',
  menuNotThem: 'Not this person',
  menuSplitOff: 'Someone else…',
  menuUseAsCover: 'Use as picture of this person',

  // Results
  byFace: 'By face',
  similarByFace: (name: string) => `Photos with this face, from ${name}`,
  facesAlike: 'By the face alone',
  personWith: (name: string) => `With ${name}`,
  personWithout: (name: string) => `Without ${name}`,
  personSign: 'In the photo, or not in it',

  // What was decided, and taken back
  saidNamed: (name: string) => `Named ${name}`,
  saidUnnamed: 'The name is gone',
  saidMerged: (name: string) => `Both are ${name} now`,
  saidSplit: 'A person of their own now',
  saidThisIs: (name: string) => `Confirmed: ${name}`,
  saidThisIsNot: (name: string, count: number) => `${plural(count, 'face', 'faces')} taken from ${name}`,
  saidNotFace: 'Not a face. It does not come back.',
  saidHidden: (name: string) => `Hidden: ${name}`,
  saidShown: (name: string) => `Shown again: ${name}`,
  saidCover: 'The picture is changed',
  nothingToUndo: 'There is nothing to take back.',
  undone: {
    name: 'The name is as it was',
    merge: 'They are two again',
    split: 'They are one again',
    'this-is': 'No longer confirmed',
    'this-is-not': 'The face is back',
    'not-a-face': 'A face again',
    hide: 'As it was before',
    cover: 'The picture is as it was',
  } as Record<string, string>,
  undoneOther: 'Taken back',

  // Settings
  settingsPeople: 'People',
  settingsPeopleText: 'Faces are personal data. They are kept in the library’s folder, and only while this is on.',
  peopleOn: 'On',
  peopleOff: 'Off',
  peopleWaits: 'Waiting for its models',
  peopleKept: (faces: number, named: number) => `${plural(faces, 'face', 'faces')}, ${plural(named, 'name', 'names')}`,
  learnAndTurnOn: 'Read about it and turn on…',
  eraseFaces: 'Turn off and erase…',
  eraseTitle: 'Erase all faces and names?',
  eraseText: (faces: number, named: number) =>
    `${plural(faces, 'face', 'faces')} and ${plural(named, 'name', 'names')} are deleted from the library, with all you have decided about them. This cannot be undone. Your photos stay as they are.`,
  eraseNow: 'Turn off and erase',
  peopleErased: 'All faces and names are erased',
};
