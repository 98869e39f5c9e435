/** What the frontend knows of our entities. */

export const PLATFORM = "realtime_pumpkin";

/** The voices that a user could show. */
export function voicesOf(hass) {
  return Object.values(hass?.entities ?? {})
    .filter((entity) => entity.platform === PLATFORM && entity.entity_id.startsWith("assist_satellite."))
    .map((entity) => entity.entity_id);
}

/** Another entity of a voice's device, by its domain and translation key. */
export function sibling(hass, voice, domain, key) {
  const { entities } = hass ?? {};
  const device = entities?.[voice]?.device_id;
  return Object.values(entities ?? {}).find(
    (entity) => device && entity.device_id === device && entity.translation_key === key && entity.entity_id.startsWith(`${domain}.`),
  )?.entity_id;
}
