/** What Home Assistant says when it refuses something. */

/** The words for an error in the user's language, else as Home Assistant wrote them. */
export async function wordsFor(error, hass) {
  const { translation_key: key, translation_domain: domain, translation_placeholders: values } = error ?? {};
  const localize = key && (await hass.loadBackendTranslation?.("exceptions", domain));
  return localize?.(`component.${domain}.exceptions.${key}.message`, values) || error?.message || "";
}
