"""The contact sheet of all pictures."""

from tests.browser.shots import contact_sheet


def test_a_contact_sheet_has_a_row_for_each_picture_and_a_column_for_each_look():
    files = [
        f"04_momentum_{number}_{look}.png"
        for number in ("01", "02")
        for look in ("light_1366x768", "dark_800x600")
    ]
    sheet = contact_sheet([*files, "04_momentum_screen01_light_1366x768.png"])
    assert sheet.count("<tr>") == 3 and sheet.count("<img") == 4
    assert all(f'<a href="{name}"><img' in sheet for name in files)
    assert contact_sheet(files[:3]).count("<td></td>") == 1
