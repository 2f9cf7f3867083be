"""What differs between the Odoo versions the sandbox can speak, apart from field definitions."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    serie: int
    server_version: str
    error_code: int
    has_json2: bool
    warehouse_key: str

    @property
    def version_info(self) -> list[object]:
        return [self.serie, 0, 0, "final", 0, ""]

    @property
    def version(self) -> dict[str, object]:
        return {
            "server_version": self.server_version,
            "server_version_info": self.version_info,
            "server_serie": f"{self.serie}.0",
            "protocol_version": 1,
        }

    @property
    def database(self) -> str:
        return f"sandbox{self.serie}"


DIALECTS = {
    17: Dialect(
        serie=17, server_version="17.0-20240709", error_code=200, has_json2=False, warehouse_key="warehouse"
    ),
    18: Dialect(
        serie=18,
        server_version="18.0+e-20250520",
        error_code=200,
        has_json2=False,
        warehouse_key="warehouse_id",
    ),
    19: Dialect(
        serie=19, server_version="19.0+e-20251227", error_code=0, has_json2=True, warehouse_key="warehouse_id"
    ),
}
