"""The steps of an account: whose server, which key, and where."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry, ConfigFlow, ConfigFlowResult
from homeassistant.const import CONF_API_KEY
import probatio
from yarl import URL

from .. import schema
from ..catalog import models_of
from ..client import PROVIDER_URLS, is_header, normalize_url
from ..const import CONF_BASE_URL, CONF_ORGANIZATION, CONF_PROVIDER, Provider
from ..fields import Input, unfolded
from ..migration import MINOR_VERSION, VERSION
from ..realtime.errors import ErrorKind, RealtimeError
from .labels import async_labels
from .trials import async_account_failure, field_of

KEYS_URL: Final = "https://platform.openai.com/api-keys"
_TITLES: Final = {Provider.OPENAI: "OpenAI", Provider.XAI: "xAI"}


class AccountFlow(ConfigFlow):
    """Ask for an account, try it and store it."""

    VERSION = VERSION
    MINOR_VERSION = MINOR_VERSION

    def __init__(self) -> None:
        """Start without a failure."""
        self._failure: RealtimeError | None = None

    async def async_step_account(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for the server and the key."""
        typed = Input.of(user_input or {})
        if user_input and (data := await self._async_accepted(typed)):
            return self.async_create_entry(title=_title(data), data=data)
        return await self._async_show("account", schema.ACCOUNT, typed)

    async def async_step_rehearsal(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Add the account that needs no key: one is enough."""
        data = {CONF_PROVIDER: Provider.REHEARSAL.value}
        self._async_abort_entries_match(data)
        return self.async_create_entry(title="Rehearsal", data=data)

    async def async_step_reauth(
        self, entry_data: Mapping[str, Any]
    ) -> ConfigFlowResult:
        """Start over with the key, which the server refused."""
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for a new key."""
        entry = self._get_reauth_entry()
        typed = Input.of(user_input or {})
        stored = Input.of({**schema.folded_account(entry.data), **typed.values})
        stored.errors |= typed.errors
        if user_input and (data := await self._async_accepted(stored)):
            return self._async_update(entry, data)
        shown = Input(errors=stored.errors, wrong=typed.wrong)
        return await self._async_show("reauth_confirm", schema.REAUTH, shown)

    async def async_step_reconfigure(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for another key or another server."""
        entry = self._get_reconfigure_entry()
        if entry.data.get(CONF_PROVIDER) == Provider.REHEARSAL:
            return self.async_abort(reason="rehearsal_is_fixed")
        typed = Input.of(user_input or {})
        if user_input:
            key = entry.data.get(CONF_API_KEY, "")
            given = Input({CONF_API_KEY: key, **typed.values})
            given.errors |= typed.errors
            if data := await self._async_accepted(given):
                return self._async_update(entry, data)
            typed.errors = given.errors
        else:
            typed.values = schema.folded_account(entry.data)
            typed.values.pop(CONF_API_KEY, None)
        return await self._async_show("reconfigure", schema.RECONFIGURE, typed)

    async def _async_accepted(self, typed: Input) -> dict[str, Any] | None:
        """Return the account's data; None where they are refused, with why."""
        data = _read(typed)
        if typed.errors:
            return None
        self._async_abort_entries_match(
            {key: data[key] for key in (CONF_API_KEY, CONF_BASE_URL)}
        )
        model = models_of(data[CONF_PROVIDER])[0]
        failure = await async_account_failure(self.hass, data, model)
        # Another server has other models; the voice's form asks for its own.
        if failure and failure.kind is not ErrorKind.MODEL:
            self._refuse(typed, failure)
            return None
        return data

    def _refuse(self, typed: Input, failure: RealtimeError) -> None:
        """Put the server's refusal to its field."""
        self._failure = failure
        field = field_of(failure)
        path = (schema.ADVANCED, field) if field == CONF_BASE_URL else (field,)
        typed.refuse(failure.translation_key, *path)

    def _async_update(
        self, entry: ConfigEntry, data: Mapping[str, Any]
    ) -> ConfigFlowResult:
        """Store the account; a loaded entry reloads by its own listener."""
        if entry.update_listeners:
            return self.async_update_and_abort(entry, data=data)
        return self.async_update_reload_and_abort(entry, data=data)

    async def _async_show(
        self, step_id: str, form: probatio.Schema, typed: Input
    ) -> ConfigFlowResult:
        """Show a form, with the failure of its last submission."""
        failure, self._failure = self._failure, None
        names = {str(name) for name in form.schema}
        errors = dict(typed.errors)
        if errors and not names & errors.keys():
            # The field is in another form: reauthentication asks for the key only.
            errors = {"base": next(iter(errors.values()))}
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(
                unfolded(form, errors), typed.values
            ),
            errors=errors,
            description_placeholders={
                "error": failure.message if failure else "",
                "fields": await async_labels(self.hass, "config", step_id, form, typed),
                "keys_url": KEYS_URL,
            },
        )


def _read(typed: Input) -> dict[str, Any]:
    """Return an account's data as they are stored; errors go to their fields."""
    advanced = typed.values.get(schema.ADVANCED, {})
    data = {CONF_PROVIDER: typed.values[CONF_PROVIDER]}
    if CONF_PROVIDER not in typed.errors:
        data[CONF_BASE_URL] = _read_url(typed, advanced.get(CONF_BASE_URL, ""))
    data[CONF_API_KEY] = str(typed.values[CONF_API_KEY]).strip()
    if organization := str(advanced.get(CONF_ORGANIZATION, "")).strip():
        data[CONF_ORGANIZATION] = organization
        if not is_header(organization):
            typed.refuse("organization_invalid", schema.ADVANCED, CONF_ORGANIZATION)
    return data


def _read_url(typed: Input, url: Any) -> str:
    """Return the base URL that was typed, or the provider's own."""
    provider = Provider(typed.values[CONF_PROVIDER])
    url = str(url).strip() or PROVIDER_URLS.get(provider, "")
    if not url:
        typed.refuse("base_url_missing", schema.ADVANCED, CONF_BASE_URL)
        return ""
    try:
        return normalize_url(url, provider)
    except RealtimeError as err:
        error = f"base_url_{err.code or 'invalid'}"
        typed.refuse(error, schema.ADVANCED, CONF_BASE_URL)
        return ""


def _title(account: Mapping[str, Any]) -> str:
    """Name an account by its server."""
    provider = account[CONF_PROVIDER]
    if account[CONF_BASE_URL] == PROVIDER_URLS.get(provider):
        return _TITLES[provider]
    url = URL(account[CONF_BASE_URL])
    return (url.host or "") if url.is_default_port() else url.authority
