import { Channel, invoke, type InvokeArgs, type InvokeOptions } from '@tauri-apps/api/core';
import { HostError, type Host } from './host';
import type { Event } from './types';

async function call<T>(command: string, args?: InvokeArgs, options?: InvokeOptions): Promise<T> {
  try {
    return await invoke<T>(command, args, options);
  } catch (thrown) {
    throw HostError.from(thrown);
  }
}

/** Windows and Android know no schemes of an app's own: there they are hosts below `localhost`. */
const pictures = /windows/i.test(navigator.userAgent) ? 'http://thumb.localhost' : 'thumb://localhost';

/** The host behind the window of the installed program. */
export function tauriHost(): Host {
  return {
    appInfo: () => call('app_info'),
    settings: () => call('settings'),
    setSettings: (settings) => call('set_settings', { settings }),

    libraryStatus: () => call('library_status'),
    libraryBytes: () => call('library_bytes'),
    repairLibrary: () => call('repair_library'),
    timeline: () => call('timeline'),
    photo: (id) => call('photo', { id }),

    search: (request) => call('search', { request }),
    similar: (request) => call('similar', { request }),
    complete: (query, cursor) => call('complete', { query, cursor }),
    history: () => call('history'),
    addToHistory: (query) => call('add_to_history', { query }),
    clearHistory: () => call('clear_history'),

    duplicates: (request) => call('duplicates', { request }),
    outliers: (request) => call('outliers', { request }),
    themes: (request) => call('themes', { request }),
    themePhotos: (space, id) => call('theme_photos', { space, id }),
    nameTheme: (space, id, name) => call('name_theme', { space, id, name }),
    photoMap: (request) => call('photo_map', { request }),
    photoMapPreview: (request) => call('photo_map_preview', { request }),
    cancelExploring: (ticket) => call('cancel_exploring', { ticket }),
    saveDuplicates: (request, format) => call('save_duplicates', { request, format }),

    pickFolders: () => call('pick_folders'),
    pickPictures: () => call('pick_pictures'),
    pickModelFile: (id) => call('pick_model_file', { id }),
    pastePicture: (bytes) => call('paste_picture', bytes),
    forgetPicture: (token) => call('forget_picture', { token }),

    addFolders: (paths) => call('add_folders', { paths }),
    removeFolder: (id) => call('remove_folder', { id }),
    index: (retryFailed) => call('index', { retryFailed }),
    jobPause: () => call('job_pause'),
    jobResume: () => call('job_resume'),
    jobCancel: () => call('job_cancel'),
    watch: (listener) => call('watch', { channel: new Channel<Event>(listener) }),
    failures: () => call('failures'),

    models: () => call('models'),
    modelGet: (id) => call('model_get', { id }),
    modelPause: (id) => call('model_pause', { id }),
    modelCancel: (id) => call('model_cancel', { id }),
    modelImport: (id, path) => call('model_import', { id, path }),
    modelRemove: (id) => call('model_remove', { id }),
    mirror: () => call('mirror'),
    setMirror: (address) => call('set_mirror', { address }),

    peopleStatus: () => call('people_status'),
    setPeople: (on) => call('set_people', { on }),
    erasePeople: () => call('erase_people'),
    people: () => call('people'),
    person: (id) => call('person', { id }),
    photoFaces: (photo) => call('photo_faces', { photo }),
    namePerson: (id, name) => call('name_person', { id, name }),
    mergePeople: (into, from) => call('merge_people', { into, from }),
    splitPerson: (id, faces) => call('split_person', { id, faces }),
    thisIs: (faces, person, name) => call('this_is', { faces, person, name }),
    thisIsNot: (faces, person) => call('this_is_not', { faces, person }),
    notFaces: (faces) => call('not_faces', { faces }),
    hidePerson: (id, hidden) => call('hide_person', { id, hidden }),
    setCover: (id, face) => call('set_cover', { id, face }),
    suggestions: (person, limit) => call('suggestions', { person, limit }),
    undoPeople: () => call('undo_people'),

    showInFolder: (ids) => call('show_in_folder', { ids }),
    openWith: (id) => call('open_with', { id }),
    copyPicture: (id) => call('copy_pictures', { id }),
    copyPaths: (ids) => call('copy_paths', { ids }),
    startDrag: (ids) => call('start_drag', { ids }),
    licences: () => call('licences'),

    photoUrl: (id, size) => `${pictures}/photo/${id}/${size}`,
    pictureUrl: (token) => `${pictures}/picture/${encodeURIComponent(token)}/256`,
    faceUrl: (id, side) => `${pictures}/face/${id}/${side}`,
  };
}
