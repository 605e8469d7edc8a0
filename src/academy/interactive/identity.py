"""Who is asking, by JupyterHub, and whether the kernel she asks for is hers."""

from __future__ import annotations

from typing import Any

from jupyter_server.utils import url_path_join
from jupyterhub.singleuser.extension import JupyterHubAuthorizer, JupyterHubIdentityProvider

__all__ = ["HubIdentity", "OwnKernelsOnly"]


class HubIdentity(JupyterHubIdentityProvider):
    """JupyterHub's identity provider, with its pages below the base path of the service."""

    def __init__(self, **options: Any) -> None:
        options.pop("token", None)  # Voilà offers its own; JupyterHub's is read from the environment
        super().__init__(**options)

    async def get_user(self, handler: Any) -> Any:
        """Return who is asking, or None. Raises ``HTTPError`` when the Hub does not answer."""
        handler.current_user = handler._jupyter_current_user = None  # noqa: SLF001 - read by error pages before the answer
        return await super().get_user(handler)

    def get_handlers(self) -> list[tuple[Any, ...]]:
        """Return the OAuth pages. Voilà, unlike Jupyter Server, does not add the base path itself."""
        base = self.parent.base_url
        return [(url_path_join(base, handler[0]), *handler[1:]) for handler in super().get_handlers()]


class OwnKernelsOnly(JupyterHubAuthorizer):
    """A person reaches the kernels that were started for her, and nothing else."""

    def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
        """Tell whether ``user`` may do ``action``: only to a kernel, only to her own, only with access."""
        if resource != "kernels" or not super().is_authorized(handler, user, action, resource):
            return False
        kernel = handler.path_kwargs.get("kernel_id") or next(iter(handler.path_args), None)
        owner = handler.kernel_manager.owner_of(kernel)
        return owner is not None and owner == user.username
