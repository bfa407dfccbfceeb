// What a browser keeps of a visitor's photos, from one visit of a page to the next: name -> bytes, in IndexedDB.

const [DATABASE, PHOTOS] = ["glimpse", "photos"];

/** The answer to a request of IndexedDB. */
function answer(request) {
  return new Promise((done, fail) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });
}

async function photos(mode) {
  const opening = indexedDB.open(DATABASE, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(PHOTOS);
  const database = await answer(opening);
  return database.transaction(PHOTOS, mode).objectStore(PHOTOS);
}

/** All that is kept: [name, {bytes, since}], the oldest first. */
export async function kept() {
  const store = await photos("readonly");
  const [names, values] = await Promise.all([answer(store.getAllKeys()), answer(store.getAll())]);
  return names.map((name, n) => [name, values[n]]).sort(([, one], [, other]) => one.since - other.since);
}

/** Keep a photo too; of more than `most` the oldest goes. */
export async function keep(name, bytes, most) {
  await answer((await photos("readwrite")).put({ bytes, since: Date.now() }, name));
  await forget((await kept()).slice(0, -most).map(([old]) => old));
}

export async function forget(names) {
  const store = await photos("readwrite");
  await Promise.all(names.map((name) => answer(store.delete(name))));
}
