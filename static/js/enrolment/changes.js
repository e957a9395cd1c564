// What has to change on the page when a new list of photos arrives. Pure.

/**
 * One photo as the server describes it. The addresses are "" where the official may not do it.
 *
 * @typedef {object} Tile
 * @property {string} id
 * @property {string} state
 * @property {string} state_words
 * @property {string} reason_words
 * @property {string} advice
 * @property {string} resembles
 * @property {string} thumbnail_url
 * @property {string} accept_url
 * @property {string} encode_url
 * @property {string} remove_url
 */

/**
 * @template {{id: string}} Item
 * @param {Item[]} before
 * @param {Item[]} after
 * @returns {{added: Item[], altered: Item[], removed: Item[]}}
 */
export function changes(before, after) {
  const old = new Map(before.map((tile) => [tile.id, tile]));
  const ids = new Set(after.map((tile) => tile.id));
  return {
    added: after.filter((tile) => !old.has(tile.id)),
    altered: after.filter((tile) => {
      const earlier = old.get(tile.id);
      return earlier !== undefined && !same(earlier, tile);
    }),
    removed: before.filter((tile) => !ids.has(tile.id)),
  };
}

/**
 * @template {object} Item
 * @param {Item} left
 * @param {Item} right
 */
function same(left, right) {
  const keys = /** @type {(keyof Item)[]} */ (Object.keys(right));
  return keys.every((key) => left[key] === right[key]);
}

/**
 * The photo that takes the focus when a photo with the focus goes: the next one, else the one before it.
 *
 * @param {{id: string}[]} tiles
 * @param {string} removedId
 * @returns {string | null} its id; null if no other is left
 */
export function neighbour(tiles, removedId) {
  const at = tiles.findIndex((tile) => tile.id === removedId);
  return (tiles[at + 1] ?? tiles[at - 1])?.id ?? null;
}

/**
 * The files that may still be added, and whether some had to be left out.
 *
 * @template File
 * @param {File[]} files
 * @param {{kept: number, most: number}} room
 * @returns {{chosen: File[], leftOut: boolean}}
 */
export function choose(files, { kept, most }) {
  const room = Math.max(0, most - kept);
  return { chosen: files.slice(0, room), leftOut: files.length > room };
}
