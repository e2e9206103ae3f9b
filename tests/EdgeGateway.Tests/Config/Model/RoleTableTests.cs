using EdgeGateway.Config.Model;

namespace EdgeGateway.Tests.Config.Model;

/// <summary>The tables that come with the program fit together.</summary>
public sealed class RoleTableTests
{
    [Fact]
    public void No_factor_code_stands_for_two_roles()
    {
        var codes = RoleTable.All.Select(role => role.FactorCode).Where(code => code.Length > 0).ToList();
        Assert.Equal(codes.Distinct(), codes);
    }

    [Fact]
    public void Every_role_is_found_under_its_name_and_has_names_for_people() =>
        Assert.All(RoleTable.All, role =>
        {
            Assert.Same(role, RoleTable.Find(role.Name));
            Assert.NotEmpty(role.NameZh);
            Assert.NotEmpty(role.NameEn);
        });

    [Fact]
    public void The_first_unit_of_a_family_is_itself() =>
        Assert.All(UnitTable.Families, family => Assert.Equal(UnitFraction.Same, UnitTable.Find(family, UnitTable.BaseOf(family), null)));

    [Fact]
    public void A_gas_that_is_no_single_one_has_no_ppm() => Assert.Null(UnitTable.Find("concentration", "ppm", null));
}
